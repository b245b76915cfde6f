import { expect, it } from 'vitest';
import { newAttendee } from './attendee';
import { withoutImport } from './without-import';

const person = (name: string) => ({ ...newAttendee(), name });

it('an import is taken back without what was written since', () => {
  const [filled, edited, added, later] = [person('A'), person('B'), person('C'), person('D')];
  const before = [filled, edited];
  const after = [{ ...filled, email: 'a@contoh.invalid' }, { ...edited, email: 'b@contoh.invalid' }, added];
  const now = [after[0]!, { ...after[1]!, position: 'Lurah' }, added, later];
  expect(withoutImport(now, before, after)).toEqual([filled, now[1], later]);
});
