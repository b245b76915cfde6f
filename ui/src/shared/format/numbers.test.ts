import { expect, test } from 'vitest';
import { formatBytes, formatNumber, formatPercent, groupDigits } from './numbers';

test('numbers are written the Indonesian way', () => {
  expect(formatNumber(1234567)).toBe('1.234.567');
  expect(formatPercent(0.804)).toBe('80%');
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1200, '1,2 KB'],
  [999_999, '1 MB'],
  [41_300_000, '41,3 MB'],
  [540_000_000, '540 MB'],
])('%d bytes', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test('identity numbers are grouped only when they fit', () => {
  expect(groupDigits('198503122010011004', [8, 6, 1, 3])).toBe('19850312 201001 1 004');
  expect(groupDigits('19850312201001100', [8, 6, 1, 3])).toBe('19850312201001100');
  expect(groupDigits('belum ada', [8])).toBe('belum ada');
});
