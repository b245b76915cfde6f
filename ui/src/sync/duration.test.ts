import { expect, test } from 'vitest';
import { sayDuration } from './duration';

test.each([
  [400, '0 detik'],
  [42_000, '42 detik'],
  [-720_000, '12 menit'],
  [3 * 3_600_000, '3 jam'],
  [-50 * 24 * 3_600_000, '50 hari'],
])('%d milliseconds are %s', (milliseconds, words) => {
  expect(sayDuration(milliseconds)).toBe(words);
});
