import { expect, test } from 'vitest';
import { dateOf, daysBetween, formatDate, formatMoment, formatTime, parseDate, parseTime, timeOf } from './dates';

const TODAY = '2024-09-21';

test.each([
  ['14/2/2024', '2024-02-14'],
  ['14-02-24', '2024-02-14'],
  ['14.2', '2024-02-14'],
  ['140224', '2024-02-14'],
  ['14022024', '2024-02-14'],
  ['14 Februari 2024', '2024-02-14'],
  ['14 Peb 2024', '2024-02-14'],
  ['1 agustus', '2024-08-01'],
  ['2024-02-14', '2024-02-14'],
  ['31/4/2024', null],
  ['29/2/2023', null],
  ['2/14/2024', null],
  ['besok', null],
])('the date typed as %s', (typed, meant) => {
  expect(parseDate(typed, TODAY)).toBe(meant);
});

test.each([
  ['8', '08:00:00'],
  ['830', '08:30:00'],
  ['0830', '08:30:00'],
  ['8.30', '08:30:00'],
  ['23:59', '23:59:00'],
  ['24.00', null],
  ['8.75', null],
  ['pagi', null],
])('the time typed as %s', (typed, meant) => {
  expect(parseTime(typed)).toBe(meant);
});

test('dates are written the Indonesian way', () => {
  expect(formatDate('2024-02-14', 'long')).toBe('Rabu, 14 Februari 2024');
  expect(formatDate('2024-02-14', 'short')).toBe('14/02/2024');
  expect(formatDate('2024-02-14')).toBe('14 Feb 2024');
  expect(formatDate(null)).toBe('');
  expect(formatTime('08:30:00')).toBe('08.30');
});

test('moments are shown in WIT whatever the computer thinks', () => {
  const newYearInWit = Date.UTC(2024, 11, 31, 15, 5);
  expect(dateOf(newYearInWit)).toBe('2025-01-01');
  expect(timeOf(newYearInWit)).toBe('00.05');
  expect(formatMoment(newYearInWit)).toBe('1 Jan 2025, 00.05 WIT');
});

test('days are counted across months and backwards', () => {
  expect(daysBetween('2024-02-27', '2024-03-01')).toBe(3);
  expect(daysBetween('2024-03-01', '2024-02-27')).toBe(-3);
});
