import type { IssuedDocument } from '@bindings';
import { dateOf } from '@shared/format/dates';
import { hasMessage, translate } from '@shared/i18n/index.svelte';

/** Characters that Windows, the strictest, does not take in a name. */
// eslint-disable-next-line no-control-regex -- control characters are among them
const FORBIDDEN = /[\u0000-\u001f\\/:*?"<>|]+/g;
const LONGEST = 100;

/** Words and an extension as the name of a file that every system takes. */
export function asFileName(words: string, extension: string): string {
  const name = words.replace(FORBIDDEN, '-').replace(/\s+/g, ' ').trim();
  return `${[...name].slice(0, LONGEST).join('').trim() || 'Arumbae'}.${extension}`;
}

/** The name a copy of a document is offered under: its kind, number or title, and day. */
export function fileNameOf({ template, number, title, issued_at }: IssuedDocument): string {
  const kind = `document-file-${template}`;
  const parts = [hasMessage(kind) ? translate(kind) : '', number || title, issued_at ? dateOf(issued_at) : ''];
  return asFileName(parts.filter(Boolean).join(' '), 'pdf');
}
