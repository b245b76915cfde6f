import type { IssuedDocument } from '@bindings';
import { expect, test } from 'vitest';
import { asFileName, fileNameOf } from './file-name';

const LHP: IssuedDocument = {
  id: '1',
  status: null,
  comments: [],
  template: 'supervision_report',
  source: null,
  paper: 'a4',
  title: 'Kampanye',
  number: '004/LHP/PM.01.02/JI-11.07.2010/21/IX/2024',
  file: null,
  sha256: '',
  byte_length: null,
  issued_at: '2024-09-21T15:30:00Z',
  signed_by: '',
  certificate_serial: '',
};

test.each([
  [LHP, 'LHP 004-LHP-PM.01.02-JI-11.07.2010-21-IX-2024 2024-09-22.pdf'],
  [{ ...LHP, number: '' }, 'LHP Kampanye 2024-09-22.pdf'],
  [
    { ...LHP, template: 'attendance_list', number: '', title: 'Ikrar: "ASN"?' },
    'Daftar Hadir Ikrar- -ASN- 2024-09-22.pdf',
  ],
  [{ ...LHP, template: null, number: '', title: '', issued_at: null }, 'Arumbae.pdf'],
])('the copy of %o', (document, name) => {
  expect(fileNameOf(document)).toBe(name);
});

test.each([
  ['Bukti Rapat: 1/2 2024-02-14', 'Bukti Rapat- 1-2 2024-02-14.json'],
  ['panjang '.repeat(40), `${'panjang '.repeat(40).slice(0, 100).trim()}.json`],
  ['  ', 'Arumbae.json'],
])('the file %s', (words, name) => {
  expect(asFileName(words, 'json')).toBe(name);
});
