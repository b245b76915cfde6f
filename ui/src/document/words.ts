// Documents and what checking them gives, in words.
import type { IssuedDocument, Verdict } from '@bindings';
import { hasMessage, t, translate } from '@shared/i18n/index.svelte';

/** A code of the catalogue in words; one of a later version is shown as it is. */
function say(prefix: string, code: string): string {
  const key = `${prefix}-${code}`;
  return hasMessage(key) ? translate(key) : code;
}

export const templateName = (code: string | null) => (code === null ? '' : say('document-template', code));

/** What a document is called in lists. */
export const documentTitle = ({ title, template }: IssuedDocument) =>
  title || templateName(template) || t('document-untitled');

export const paperName = (code: string | null) => (code === null ? '' : say('choice-paper', code));

/** Whose signature a field of the form is for. */
export const signatureFieldName = (field: string) => say('document-field', field);

export const problemWords = (code: string) => say('document-problem', code);

/** Red is for what must not be used; what cannot be known is only to be minded. */
export const VERDICT_TONES: Record<Verdict, 'success' | 'info' | 'warning' | 'error'> = {
  genuine: 'success',
  untrusted: 'warning',
  unsigned: 'info',
  altered: 'error',
  damaged: 'error',
  not_pdf: 'error',
};
