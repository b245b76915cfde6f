// Which record a document is made of, by the code of its template.
import {
  outreach_event_check,
  outreach_event_read,
  supervision_report_check,
  supervision_report_read,
  type IssuedDocument,
  type RecordMeta,
  type RecordRow,
} from '@bindings';
import { href } from '../views/routes';

/** A record as seen when a document of it is to be issued. */
export interface Source {
  title: string;
  meta: RecordMeta;
  /** What of it must still be put right. */
  errors: number;
  /** Documents issued of it before. */
  documents: RecordRow[];
}

interface Template {
  href: (id: string) => string;
  read: (id: string) => Promise<Source>;
}

const errorsIn = (problems: readonly { severity: string }[]) =>
  problems.filter(({ severity }) => severity === 'error').length;

const TEMPLATES: Record<string, Template> = {
  supervision_report: {
    href: (id) => href('supervisionReport', { id }),
    async read(id) {
      const { record, meta, documents } = await supervision_report_read({ id });
      const errors = errorsIn(await supervision_report_check({ record }));
      return { title: record.stage || record.number, meta, errors, documents };
    },
  },
  attendance_list: {
    href: (id) => href('attendance', { id }),
    async read(id) {
      const { record, meta, documents } = await outreach_event_read({ id });
      const errors = errorsIn(await outreach_event_check({ record }));
      return { title: record.title, meta, errors, documents };
    },
  },
};

/** The template with a code; undefined for one of a later version. */
export const templateOf = (code: string): Template | undefined => TEMPLATES[code];

/** Where the record a document was made of is opened. */
export function hrefOfSource({ template, source }: IssuedDocument): string | undefined {
  return source === null ? undefined : templateOf(template ?? '')?.href(source);
}
