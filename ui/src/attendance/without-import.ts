// Taking an import back.
import type { Attendee } from '@bindings';

/**
 * The people of `now` as if the import that turned `before` into `after` had not been: whom it added goes, whom it
 * filled in is as before, and what was written since stays. Rows are replaced, never changed, so a row that is still
 * the same object has not been written into.
 */
export function withoutImport(
  now: readonly Attendee[],
  before: readonly Attendee[],
  after: readonly Attendee[],
): Attendee[] {
  const held = new Map(before.map((attendee) => [attendee.id, attendee]));
  const imported = new Map(after.map((attendee) => [attendee.id, attendee]));
  return now
    .filter(({ id }) => held.has(id) || !imported.has(id))
    .map((attendee) => (imported.get(attendee.id) === attendee ? (held.get(attendee.id) ?? attendee) : attendee));
}
