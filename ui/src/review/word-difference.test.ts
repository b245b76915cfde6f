import { expect, test } from 'vitest';
import { differencesFrom, revisionRuns } from './word-difference';

const marked = (other: string, text: string) =>
  differencesFrom(other, text)
    .map(({ words, differs }) => (differs ? `[${words}]` : words))
    .join('');

test.each([
  ['Rapat di balai desa.', 'Rapat di kantor desa.', 'Rapat di [kantor] desa.'],
  ['Rapat di kantor desa.', 'Rapat di balai desa.', 'Rapat di [balai] desa.'],
  ['Hadir 40 orang.', 'Hadir 40 orang dan 3 saksi.', 'Hadir 40 orang[ dan 3 saksi].'],
  ['Sama', 'Sama', 'Sama'],
  ['', 'Baru ditulis', 'Baru ditulis'],
  ['Ada isinya', '', ''],
])('"%s" against "%s"', (other, text, expected) => {
  expect(marked(other, text)).toBe(expected);
});

const revised = (before: string, after: string) =>
  revisionRuns(before, after)
    .map(({ words, change }) => ({ same: words, added: `[+${words}]`, removed: `[-${words}]` })[change])
    .join('');

test.each([
  ['Rapat di balai desa.', 'Rapat di kantor desa.', 'Rapat di [-balai][+kantor] desa.'],
  ['Sama', 'Sama', 'Sama'],
  ['', 'Baru', '[+Baru]'],
])('"%s" became "%s"', (before, after, expected) => {
  expect(revised(before, after)).toBe(expected);
});

test('what stayed is cut short, what changed is whole', () => {
  const long = 'kalimat yang tidak berubah '.repeat(40).trim();
  const text = revised(`${long} lama ${long}`, `${long} baru ${long}`);
  expect(text.length).toBeLessThan(300);
  expect(text).toContain('[-lama][+baru]');
  expect(text.startsWith(' … ') && text.endsWith(' … ')).toBe(true);
});
