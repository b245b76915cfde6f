// Where records and their drafts are opened.
import type { DraftRow, RecordKind } from '@bindings';
import { href } from '../views/routes';

/** The address of a record; the list of documents for kinds without a screen of their own. */
export function hrefOfRecord(kind: RecordKind, id: string): string {
  switch (kind) {
    case 'supervision_report':
      return href('supervisionReport', { id });
    case 'finding':
      return href('finding', { id });
    case 'outreach_event':
      return href('outreachEvent', { id });
    case 'issued_document':
      return href('document', { id });
    default:
      return href('home');
  }
}

/** The address where a draft is written on. */
export function hrefOfDraft({ subject, kind, id }: DraftRow): string {
  return subject === 'attendance' ? href('attendance', { id }) : hrefOfRecord(kind, id);
}
