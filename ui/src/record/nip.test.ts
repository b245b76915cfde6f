import { expect, test } from 'vitest';
import { caretAfter, keptNumber, shownNumber } from './nip';

const GROUPS = [8, 6, 1, 3];

test.each([
  ['19870312 201001 1 004', '198703122010011004'],
  ['19870312.201001-1.004', '198703122010011004'],
  ['NRP 7701', 'NRP 7701'],
  ['', ''],
])('%s is kept as %s', (typed, kept) => {
  expect(keptNumber(typed)).toBe(kept);
});

test.each([
  ['1987', '1987'],
  ['198703122', '19870312 2'],
  ['198703122010011004', '19870312 201001 1 004'],
  ['1987031220100110045', '19870312 201001 1 004 5'],
  ['NRP 7701', 'NRP 7701'],
])('%s is shown as %s', (kept, shown) => {
  expect(shownNumber(kept, GROUPS)).toBe(shown);
});

test('the caret stays behind the digit that was typed', () => {
  expect(caretAfter('19870312 2', 9)).toBe(10);
  expect(caretAfter('19870312 2', 3)).toBe(3);
});
