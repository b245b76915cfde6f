// Completing agencies and positions from the rows above, as spreadsheets do.
import type { Attendee } from '@bindings';

const fold = (text: string) => text.toLocaleLowerCase('id');

/**
 * The nearest text that begins with what was typed: first from the rows above, since neighbours on a list come from one
 * office, then from below, then from what else is known.
 */
export function completionOf(
  typed: string,
  field: 'agency' | 'position',
  rows: readonly Attendee[],
  at: number,
  known: readonly string[] = [],
): string | null {
  const begin = fold(typed);
  if (begin.trim() === '') return null;
  const fits = (text: string) => text.length > typed.length && fold(text).startsWith(begin);
  for (let row = at - 1; row >= 0; row -= 1) if (fits(rows[row]![field])) return rows[row]![field];
  for (let row = at + 1; row < rows.length; row += 1) if (fits(rows[row]![field])) return rows[row]![field];
  return known.find(fits) ?? null;
}
