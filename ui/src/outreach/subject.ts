// Kegiatan sosialisasi as its form sees it.
import { outreach_event_check, outreach_event_read, outreach_event_save, type OutreachEvent } from '@bindings';
import type { RecordSubject } from '../record/subject';

/** Cut where a table row ends anyway. */
const TITLE_LENGTH = 120;

export const outreachEvent: RecordSubject<OutreachEvent> = {
  kind: 'outreach_event',
  read: outreach_event_read,
  // The attendance list has a screen of its own and does not travel with the form, so nothing true can be said of it.
  check: async (args) => (await outreach_event_check(args)).filter(({ section }) => section !== 'attendance'),
  save: outreach_event_save,
  title: (event) => event.title.trim().slice(0, TITLE_LENGTH),
  sections: [
    {
      name: 'event',
      fields: ['title', 'form', 'regime', 'basis_letter', 'organiser', 'date', 'starts_at', 'ends_at'],
    },
    { name: 'place', fields: ['mode', 'place', 'region', 'link'] },
    { name: 'content', fields: ['intent', 'purpose', 'issues'] },
    { name: 'speakers', fields: ['speakers'] },
    { name: 'agencies', fields: ['invited_agencies'] },
    { name: 'outcome', fields: ['outcome', 'recommendation'] },
    { name: 'documentation', fields: ['attachments'] },
  ],
};
