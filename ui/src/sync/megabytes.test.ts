import { expect, test } from 'vitest';
import { parseMegabytes, writeMegabytes } from './megabytes';

test.each([
  ['', null],
  ['  ', null],
  ['5', 5_000_000],
  ['0,5', 500_000],
  ['0.25', 250_000],
  ['1.500', 1_500_000],
  ['lima', undefined],
  ['-1', undefined],
  ['1,2,3', undefined],
])('%j is read', (text, bytes) => {
  expect(parseMegabytes(text)).toBe(bytes);
});

test.each([null, 500_000, 5_000_000, 1_234_000])('%j is written as it is read', (bytes) => {
  expect(parseMegabytes(writeMegabytes(bytes))).toBe(bytes);
});
