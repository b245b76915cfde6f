// What a save did to the parts of a record, those that went the same way together: five hundred attendees are one line.
import type { Fate, RecordChanges } from '@bindings';

export interface PartGroup {
  /** The list they stand on; null for one of a later version. */
  list: string | null;
  fate: Fate;
  parts: readonly RecordChanges[];
}

/** More than this many of one list are told by their number, with the names on request. */
const MOST_NAMED = 6;

export function groupsOf(changes: readonly RecordChanges[]): PartGroup[] {
  const groups = new Map<string, { list: string | null; fate: Fate; parts: RecordChanges[] }>();
  for (const part of changes) {
    const key = `${part.list} ${part.fate}`;
    const group = groups.get(key);
    if (group) group.parts.push(part);
    else groups.set(key, { list: part.list, fate: part.fate, parts: [part] });
  }
  return [...groups.values()];
}

export const isMany = ({ parts }: PartGroup) => parts.length > MOST_NAMED;

/** Fields nobody reads: hashes, lengths, and what the entry says anyway. */
const TECHNICAL = new Set([
  'attachment.blob',
  'attachment.preview',
  'attachment.sha256',
  'attachment.byte_length',
  'attachment.media_type',
  'comment.author',
  'comment.written_at',
  'issued_document.file',
  'issued_document.sha256',
  'issued_document.byte_length',
]);

export const isTechnical = (kind: string | null, field: string | null) => TECHNICAL.has(`${kind}.${field}`);
