import { expect, test } from 'vitest';
import { advisePassphrase } from './passphrase';

test.each([
  ['', 'empty'],
  ['perahu', 'short'],
  ['perahu kora', 'short'],
  ['perahu kora-', 'good'],
  ['pala cengkih arumbae teluk', 'good'],
  ['aaaaaaaaaaaaaaaa', 'plain'],
  ['123456789012', 'plain'],
  ['abababababababab', 'plain'],
  ['ngŏmbéćà ñïkĕ', 'good'],
])('the passphrase "%s" is %s', (text, kind) => {
  expect(advisePassphrase(text).kind).toBe(kind);
});
