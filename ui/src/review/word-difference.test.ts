import { expect, test } from 'vitest';
import { differencesFrom } from './word-difference';

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
