// Laporan Hasil Pengawasan as its form sees it: sections I to V of Formulir Model A.
import {
  supervision_report_check,
  supervision_report_read,
  supervision_report_save,
  type SupervisionReport,
} from '@bindings';
import type { RecordSubject } from '../record/subject';

/** Cut where a table row ends anyway. */
const TITLE_LENGTH = 120;

export const supervisionReport: RecordSubject<SupervisionReport> = {
  kind: 'supervision_report',
  read: supervision_report_read,
  check: supervision_report_check,
  save: supervision_report_save,
  // The store names rows in the same way.
  title: (report) => (report.stage || report.event || report.findings_summary).trim().slice(0, TITLE_LENGTH),
  sections: [
    {
      name: 'i',
      fields: [
        'regime',
        'number',
        'stage',
        'officer_name',
        'officer_position',
        'assignment_number',
        'officer_address',
        'region',
      ],
    },
    { name: 'ii', fields: ['activities'] },
    { name: 'iii', fields: ['findings_summary'] },
    {
      name: 'iv',
      gate: 'has_alleged_violation',
      fields: [
        'has_alleged_violation',
        'event',
        'event_place',
        'event_date',
        'event_time',
        'perpetrator_name',
        'perpetrator_address',
        'witnesses',
        'evidence',
        'violation_summary',
        'facts',
        'analysis',
      ],
    },
    {
      name: 'v',
      gate: 'has_potential_dispute',
      fields: [
        'has_potential_dispute',
        'dispute_participant',
        'dispute_place',
        'dispute_date',
        'dispute_object_form',
        'dispute_object_identity',
        'dispute_object_issued',
        'dispute_direct_loss',
        'dispute_summary',
      ],
    },
    { name: 'signature', fields: ['signed_place', 'signed_date'] },
    { name: 'documentation', fields: ['attachments'] },
  ],
};
