import { expect, test } from 'vitest';
import { areaAt, areaOf } from './area-code';

test.each([
  [1, '81.71.01', '81'],
  [2, '81.71.01', '81.71'],
  [3, '81.71.01', '81.71.01'],
  [3, '81.71', null],
  [1, null, null],
] as const)('the area at depth %d of %s', (depth, code, area) => {
  expect(areaAt(depth, code)).toBe(area);
});

test('a kecamatan chosen before switching to the regency names its regency', () => {
  expect(areaOf('regency', '81.71.01')).toBe('81.71');
});
