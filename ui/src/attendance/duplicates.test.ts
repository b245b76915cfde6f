import { describe, expect, it } from 'vitest';
import { newAttendee } from './attendee';
import { comparableName, DuplicateIndex } from './duplicates';
import { totalsOf } from './totals';

const person = (fields: Partial<ReturnType<typeof newAttendee>>) => ({ ...newAttendee(), ...fields });

describe('rows about one person', () => {
  const list = [
    person({ name: 'Yohana Contoh, S.Sos.', agency: 'Kec. Sirimau', phone: '0812 3456 7890' }),
    person({ name: 'Abdul Contoh', staff_number: '198703122010011004' }),
  ];
  const index = new DuplicateIndex(list);
  const cases: [what: string, fields: Parameters<typeof person>[0], shared: string | undefined][] = [
    ['the same name without titles', { name: 'hj. yohana  contoh' }, 'name'],
    ['the same name in another agency', { name: 'Yohana Contoh', agency: 'Kec. Nusaniwe' }, undefined],
    ['the same telephone, written otherwise', { name: 'Y. C.', phone: '+62 812-3456-7890' }, 'phone'],
    ['the same number', { name: 'A. Contoh', staff_number: '198703122010011004' }, 'staff-number'],
    ['somebody else', { name: 'Maria Contoh', staff_number: '199005172022212003' }, undefined],
    ['nothing', {}, undefined],
  ];
  it.each(cases)('%s', (_, fields, shared) => {
    expect(index.of(person(fields))?.shared).toBe(shared);
  });

  it('are not their own doubles', () => {
    expect(index.all().size).toBe(0);
  });

  it('keep a name that is only a title', () => {
    expect(comparableName('Ibu')).toBe('ibu');
  });
});

describe('totals', () => {
  it('count people, groups and agencies', () => {
    const totals = totalsOf([
      person({ name: 'A', sex: 'male', staff_group: 'pns', agency: 'Kec. Sirimau' }),
      person({ name: 'B', sex: 'female', staff_group: 'pns', agency: 'kec. sirimau' }),
      person({ name: '', agency: 'Bappeda' }),
    ]);
    expect(totals).toMatchObject({ people: 3, male: 1, female: 1, sexUnknown: 1, groupUnknown: 1, nameless: 1 });
    expect(totals.agencies).toEqual([
      { name: 'Kec. Sirimau', count: 2 },
      { name: 'Bappeda', count: 1 },
    ]);
  });
});
