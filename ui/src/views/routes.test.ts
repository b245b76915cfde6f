import { expect, test } from 'vitest';
import { href, NEW, routeAt } from './routes';

test.each([
  ['', { name: 'home', parameters: {} }],
  ['#/beranda', { name: 'home', parameters: {} }],
  ['#/tidak-ada', { name: 'home', parameters: {} }],
  ['#/pengawasan', { name: 'supervisionList', parameters: {} }],
  ['#/pengawasan/', { name: 'home', parameters: {} }],
  ['#/temuan/baru', { name: 'finding', parameters: { id: NEW } }],
  ['#/temuan/baru/dari/42', { name: 'findingFromReport', parameters: { report: '42' } }],
  ['#/kegiatan/42/peserta', { name: 'attendance', parameters: { id: '42' } }],
  ['#/dokumen/periksa', { name: 'documentVerify', parameters: {} }],
])('the address %s', (address, route) => {
  expect(routeAt(address)).toEqual(route);
});

test('an address leads back to its screen', () => {
  expect(href('home')).toBe('#/beranda');
  expect(routeAt(href('attendance', { id: 'a/b' }))).toEqual({ name: 'attendance', parameters: { id: 'a/b' } });
});
