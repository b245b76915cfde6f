import { describe, expect, it } from 'vitest';
import { newAttendee, withStaffNumber } from './attendee';
import { readStaffNumber } from './staff-number';

const TODAY = '2024-02-14';

describe('a staff number while it is typed', () => {
  const told: [number: string, said: string | null, group: string | null, sex: string | null][] = [
    ['198703122010011004', null, 'pns', 'male'],
    ['199005172022212003', null, 'pppk', 'female'],
    // 2022 and 01: a month for a PNS, a first contract for a PPPK.
    ['199005172022012003', null, null, 'female'],
    ['199005172022012003', 'pppk', 'pppk', 'female'],
    ['', null, null, null],
    ['31960112', 'military', null, null],
  ];
  it.each(told)('%s of %s is of %s, %s', (number, said, group, sex) => {
    expect(readStaffNumber(number, said, TODAY)).toEqual({ group, sex, doubt: null });
  });

  const doubted: [number: string, said: string | null, doubt: string][] = [
    ['19870312201001100', null, 'length'],
    ['198713122010011004', null, 'birth-date'],
    ['198702302010011004', null, 'birth-date'],
    ['198703121999011004', null, 'appointment'],
    ['198703122010131004', null, 'appointment-month'],
    ['198703122010013004', null, 'sex'],
    ['198703122010011000', null, 'rounded'],
    ['1,98703E+17', null, 'rounded'],
    ['1987O312', null, 'letters'],
    ['198703122010011004', 'police', 'not-service'],
  ];
  it.each(doubted)('%s of %s is doubted: %s', (number, said, doubt) => {
    expect(readStaffNumber(number, said, TODAY).doubt?.message).toBe(`problem-staff-number-${doubt}`);
  });
});

describe('what a number fills in', () => {
  it('fills group and sex, and corrects them with the number', () => {
    const typed = withStaffNumber(newAttendee(), '198703122010011004', TODAY);
    expect([typed.staff_group, typed.sex]).toEqual(['pns', 'male']);
    const corrected = withStaffNumber(typed, '199005172022212003', TODAY);
    expect([corrected.staff_group, corrected.sex]).toEqual(['pppk', 'female']);
  });

  it('leaves what the officer chose', () => {
    const chosen = withStaffNumber({ ...newAttendee(), staff_group: 'village' }, '198703122010011004', TODAY);
    expect([chosen.staff_group, chosen.sex]).toEqual(['village', 'male']);
  });
});
