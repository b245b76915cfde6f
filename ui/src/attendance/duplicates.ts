// Who may be on the list twice. A hint while typing; what an import does with the same person is decided by the
// program, with more care (domain::attendance).
import type { Attendee } from '@bindings';

/** What two rows share. */
export type Shared = 'staff-number' | 'phone' | 'name';

export interface Duplicate {
  /** The other row, from 0. */
  row: number;
  name: string;
  shared: Shared;
}

/** Titles and forms of address before a name. */
const BEFORE = new Set(
  'prof dr drs dra drg ir h hj pdt bpk bapak ibu sdr sdri kompol akp iptu ipda kapten mayor letkol'.split(' '),
);
/** Shorter numbers are notes, not telephones. */
const PHONE_DIGITS = 8;

/** A name without titles, degrees, dots and case. */
export function comparableName(name: string): string {
  const words = name
    .split(',')[0]!
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}\s]/gu, '')
    .split(/\s+/)
    .filter(Boolean);
  while (words.length > 1 && BEFORE.has(words[0]!)) words.shift();
  return words.join(' ');
}

function comparablePhone(phone: string): string {
  const digits = phone.replace(/\D/g, '').replace(/^(62|0)/, '');
  return digits.length >= PHONE_DIGITS ? digits : '';
}

interface Mark {
  shared: Shared;
  key: string;
}

// Rows are replaced, never changed, so a row object is its own version and its marks are worked out once.
const known = new WeakMap<Attendee, readonly Mark[]>();

function marksOf(attendee: Attendee): readonly Mark[] {
  let marks = known.get(attendee);
  if (!marks) {
    const all: [Shared, string][] = [
      ['staff-number', attendee.staff_number.replace(/\s/g, '')],
      ['phone', comparablePhone(attendee.phone)],
      ['name', comparableName(attendee.name)],
    ];
    marks = all.filter(([, text]) => text !== '').map(([shared, text]) => ({ shared, key: `${shared} ${text}` }));
    known.set(attendee, marks);
  }
  return marks;
}

const differ = (a: string, b: string) =>
  a.trim() !== '' && b.trim() !== '' && a.trim().toLowerCase() !== b.trim().toLowerCase();

/** Two people may well have one name; another agency or number says that they do. */
function toldApart(a: Attendee, b: Attendee, shared: Shared): boolean {
  return shared === 'name' && (differ(a.agency, b.agency) || differ(a.staff_number, b.staff_number));
}

/** The rows of a list by what they may share with others. */
export class DuplicateIndex {
  readonly #rows: readonly Attendee[];
  readonly #byKey = new Map<string, number[]>();

  constructor(rows: readonly Attendee[]) {
    this.#rows = rows;
    for (const [at, row] of rows.entries()) {
      for (const { key } of marksOf(row)) {
        const found = this.#byKey.get(key);
        if (found) found.push(at);
        else this.#byKey.set(key, [at]);
      }
    }
  }

  /** Who else on the list a row may be about. */
  of(attendee: Attendee): Duplicate | null {
    for (const { shared, key } of marksOf(attendee)) {
      for (const row of this.#byKey.get(key) ?? []) {
        const other = this.#rows[row]!;
        if (other.id === attendee.id || toldApart(attendee, other, shared)) continue;
        return { row, name: other.name, shared };
      }
    }
    return null;
  }

  /** Every row that may be there twice, by id. */
  all(): Map<string, Duplicate> {
    const found = new Map<string, Duplicate>();
    for (const row of this.#rows) {
      const duplicate = this.of(row);
      if (duplicate) found.set(row.id, duplicate);
    }
    return found;
  }
}
