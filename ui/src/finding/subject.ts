// Temuan as its form sees it: the blocks of Formulir Model B.2.
import { finding_check, finding_read, finding_save, type Finding } from '@bindings';
import type { RecordSubject } from '../record/subject';

/** Cut where a table row ends anyway. */
const TITLE_LENGTH = 120;

export const finding: RecordSubject<Finding> = {
  kind: 'finding',
  read: finding_read,
  check: finding_check,
  save: finding_save,
  // The store names rows in the same way.
  title: (record) => (record.event || record.summary).trim().slice(0, TITLE_LENGTH),
  sections: [
    {
      name: 'finder',
      fields: ['regime', 'number', 'source_report', 'finder_name', 'finder_position', 'finder_address'],
    },
    { name: 'reported', fields: ['reported_persons'] },
    {
      name: 'event',
      fields: [
        'event',
        'event_place',
        'event_date',
        'event_time',
        'known_date',
        'region',
        'violation_classes',
        'issues',
        'candidate_determined',
      ],
    },
    { name: 'witnesses', fields: ['witnesses'] },
    { name: 'evidence', fields: ['evidence', 'attachments'] },
    { name: 'summary', fields: ['summary'] },
    { name: 'signature', fields: ['signed_place', 'signed_date'] },
  ],
};
