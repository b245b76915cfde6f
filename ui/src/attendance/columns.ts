// The columns of the sheet, in the order one types them.
import type { Attendee } from '@bindings';
import { t, translate, type PlainKey } from '@shared/i18n/index.svelte';
import { NIP_GROUPS } from '../record/display';
import { shownNumber } from '../record/nip';

export type ColumnKey = 'name' | 'staff_number' | 'position' | 'agency' | 'sex' | 'phone' | 'staff_group';

export const COLUMNS: readonly ColumnKey[] = [
  'name',
  'staff_number',
  'position',
  'agency',
  'sex',
  'phone',
  'staff_group',
];

/** Columns that hold a code and take single keys. */
export const CHOICES: Partial<Record<ColumnKey, readonly string[]>> = {
  sex: ['male', 'female'],
  staff_group: ['pns', 'pppk', 'contract', 'village', 'military', 'police', 'public'],
};

/** L and P in every language, with what else people press. */
const SEX_KEYS: Record<string, string> = { l: 'male', m: 'male', p: 'female', w: 'female', f: 'female' };

export const columnLabel = (column: ColumnKey) =>
  column === 'staff_group' ? t('attendees-group') : translate(`field-attendee-${column}`);

const GROUPS: Record<string, PlainKey> = {
  pns: 'attendees-group-pns',
  pppk: 'attendees-group-pppk',
  contract: 'attendees-group-contract',
  village: 'attendees-group-village',
  military: 'attendees-group-military',
  police: 'attendees-group-police',
  public: 'attendees-group-public',
};

/** A staff group in one word; a code of a later version as it is. */
export const groupLabel = (code: string) => (GROUPS[code] ? t(GROUPS[code]) : code);

export const sexLabel = (code: string) => (CHOICES.sex!.includes(code) ? translate(`choice-sex-${code}`) : code);

/** NRP of TNI and Polri have no fixed form and are shown as written. */
const hasNip = ({ staff_group }: Attendee) => staff_group !== 'military' && staff_group !== 'police';

/** The text of a cell. */
export function cellText(attendee: Attendee, column: ColumnKey): string {
  switch (column) {
    case 'sex':
      return attendee.sex === null ? '' : sexLabel(attendee.sex);
    case 'staff_group':
      return attendee.staff_group === null ? '' : groupLabel(attendee.staff_group);
    case 'staff_number':
      return hasNip(attendee) ? shownNumber(attendee.staff_number, NIP_GROUPS) : attendee.staff_number;
    default:
      return attendee[column];
  }
}

/**
 * What a key chooses in a column of codes: the next one whose word begins with it, as in a list of choices, or the one
 * with that number. Undefined if the key means nothing there.
 */
export function chosenBy(key: string, column: ColumnKey, held: string | null): string | null | undefined {
  const codes = CHOICES[column] ?? [];
  if (key === 'Backspace' || key === 'Delete') return null;
  if (key === ' ') return nextChoice(column, held);
  if (/^[1-9]$/.test(key)) return codes[Number(key) - 1];
  if (key.length !== 1) return undefined;
  const letter = key.toLowerCase();
  if (column === 'sex') return SEX_KEYS[letter];
  const fitting = codes.filter((code) => groupLabel(code).toLowerCase().startsWith(letter));
  return fitting[(fitting.indexOf(held ?? '') + 1) % fitting.length];
}

/** The choice after the held one, nothing after the last. */
export function nextChoice(column: ColumnKey, held: string | null): string | null {
  const codes = CHOICES[column] ?? [];
  return codes[codes.indexOf(held ?? '') + 1] ?? null;
}
