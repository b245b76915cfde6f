// A row of a daftar hadir while it is typed.
import type { Attendee } from '@bindings';
import { v7 as newId } from 'uuid';
import { readStaffNumber } from './staff-number';

/** Fields that hold text, tidied when the list is kept. */
const TEXTS = ['name', 'staff_number', 'position', 'agency', 'phone', 'email'] as const;

export function newAttendee(): Attendee {
  return {
    id: newId(),
    name: '',
    staff_number: '',
    position: '',
    agency: '',
    sex: null,
    phone: '',
    staff_group: null,
    email: '',
    minutes_present: null,
    source: 'typed',
  };
}

/** Nothing was written into it: such rows are places to type, not people. */
export function isBlank(attendee: Attendee): boolean {
  return (
    attendee.sex === null && attendee.staff_group === null && TEXTS.every((field) => attendee[field].trim() === '')
  );
}

// Rows are replaced, never changed, so what is worked out of a row object holds for good.
const stored = new WeakMap<Attendee, Attendee | null>();

/** The row as it is stored, without stray spaces; the same object where there are none, null for a blank row. */
function asStored(attendee: Attendee): Attendee | null {
  let tidy = stored.get(attendee);
  if (tidy === undefined) {
    tidy = isBlank(attendee) ? null : withoutStraySpaces(attendee);
    stored.set(attendee, tidy);
  }
  return tidy;
}

function withoutStraySpaces(attendee: Attendee): Attendee {
  const tidied = TEXTS.map((field) => [field, attendee[field].trim().replace(/\s+/g, ' ')] as const);
  if (tidied.every(([field, text]) => attendee[field] === text)) return attendee;
  return { ...attendee, ...Object.fromEntries(tidied) };
}

/** The people among the rows, as they are stored. */
export function people(rows: readonly Attendee[]): Attendee[] {
  return rows.map(asStored).filter((row) => row !== null);
}

/**
 * The row with another number. What the number tells about group and sex is filled in, and what an earlier number told
 * is corrected; what the officer chose stays.
 */
export function withStaffNumber(attendee: Attendee, number: string, today: string): Attendee {
  const before = readStaffNumber(attendee.staff_number, attendee.staff_group, today);
  const after = readStaffNumber(number, null, today);
  const followed = <Held>(held: Held, told: Held, tells: Held) => (held === null || held === told ? tells : held);
  return {
    ...attendee,
    staff_number: number,
    staff_group: followed<string | null>(attendee.staff_group, before.group, after.group),
    sex: followed<string | null>(attendee.sex, before.sex, after.sex),
  };
}
