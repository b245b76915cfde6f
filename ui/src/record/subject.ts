// What the form of a record needs to know about its kind: its commands, its parts and what it is called.
import type {
  Attachment,
  CheckRecord,
  Comment,
  Problem,
  ReadRecord,
  RecordDetail,
  RecordKind,
  SaveRecord,
} from '@bindings';

/** What every record with a form has. */
export interface OfficeRecord {
  id: string;
  comments: Comment[];
  attachments: Attachment[];
}

/** A part of a form, named as Rust names it in problems. */
export interface RecordSection<Field extends string = string> {
  name: string;
  /** Its fields in reading order. */
  fields: readonly Field[];
  /** The field that says whether there is anything to tell here at all. */
  gate?: Field;
}

/** A kind of record as its form sees it. */
export interface RecordSubject<R extends OfficeRecord> {
  kind: RecordKind;
  read: (args: ReadRecord) => Promise<RecordDetail<R>>;
  check: (args: CheckRecord<R>) => Promise<Problem[]>;
  save: (args: SaveRecord<R>) => Promise<RecordDetail<R>>;
  /** What the record is called in lists; empty while nothing in it names it. */
  title: (record: R) => string;
  sections: readonly RecordSection<Extract<keyof R, string>>[];
}

/** The element a section has on the page. */
export const sectionId = (name: string) => `section-${name}`;

/** The message key of a section's name. */
export const sectionLabelKey = (kind: string, name: string) => `section-${kind}-${name}`;
