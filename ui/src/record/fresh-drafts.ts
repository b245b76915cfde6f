// Records that were begun a moment ago. They are kept as drafts at once, so that a crash finds them, and thrown away
// if the officer leaves without having written anything, so that the list of drafts holds only work.
import { draft_put } from '@bindings';
import type { OfficeRecord, RecordSubject } from './subject';

const fresh = new Set<string>();

/** Keeps a new record as a draft under its id. */
export async function beginDraft<R extends OfficeRecord>(subject: RecordSubject<R>, record: R): Promise<void> {
  await draft_put({
    subject: 'record',
    id: record.id,
    kind: subject.kind,
    title: subject.title(record),
    content: { record, seen: null },
  });
  fresh.add(record.id);
}

/** Whether a record was begun in this sitting and nothing was written into it yet. */
export const isFresh = (id: string) => fresh.has(id);

/** Something was written: from now on it is work. */
export const noLongerFresh = (id: string) => fresh.delete(id);
