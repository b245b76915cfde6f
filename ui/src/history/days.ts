// A history under the days its saves were made on.
import type { HistoryEntry } from '@bindings';
import { dateOf } from '@shared/format/dates';

export interface Day {
  /** The civil date in WIT. */
  date: string;
  entries: readonly HistoryEntry[];
}

/** Neighbours of the same day stand together; a clock that jumps makes a day twice rather than a wrong order. */
export function daysOf(entries: readonly HistoryEntry[]): Day[] {
  const days: { date: string; entries: HistoryEntry[] }[] = [];
  for (const entry of entries) {
    const date = dateOf(entry.written_at);
    const last = days.at(-1);
    if (last?.date === date) last.entries.push(entry);
    else days.push({ date, entries: [entry] });
  }
  return days;
}

/** What names a save on every laptop. */
export const nameOf = ({ lane, seq }: HistoryEntry) => `${lane}:${seq}`;
