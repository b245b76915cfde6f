// Values of fields as people read them, outside of a form.
import { formatDate, formatMoment, formatTime } from '@shared/format/dates';
import { groupDigits } from '@shared/format/numbers';
import { hasMessage, t, translate } from '@shared/i18n/index.svelte';
import { choiceLabel, choiceOfField } from './choices';

/** How a NIP is grouped when it is read: birth, appointment, sex, sequence. */
export const NIP_GROUPS = [8, 6, 1, 3] as const;

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{2}:\d{2}:\d{2}/;
const MOMENT = /^\d{4}-\d{2}-\d{2}T.*Z$/;

/** Coded fields whose name alone does not tell the choice: `form` is free text in other records. */
const CHOICES: Record<string, string> = {
  'outreach_event.form': 'outreach_form',
  'outreach_event.mode': 'event_mode',
  'attendee.sex': 'sex',
  'attendee.source': 'attendance_source',
  'issued_document.template': 'document_template',
  'issued_document.paper': 'paper',
};

/** The choice a field of a kind holds codes of, if its name alone does not tell. */
export const choiceOfKind = (kind: string, field: string): string | undefined => CHOICES[`${kind}.${field}`];

/** The text of one value of a record of a kind; empty if there is none. */
export function valueOfField(kind: string, field: string, value: unknown): string {
  const choice = choiceOfKind(kind, field);
  const key = `choice-${choice}-${String(value)}`;
  return choice && hasMessage(key) ? translate(key) : displayValue(field, value);
}

/** The text of one value; empty if there is none. */
export function displayValue(field: string, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map((one) => displayValue(field, one)).join(', ');
  if (typeof value === 'boolean') {
    if (field.startsWith('has_')) return t(value ? 'record-there-is' : 'record-there-is-none');
    return t(value ? 'record-yes' : 'record-no');
  }
  const text = String(value);
  const choice = choiceOfField(field);
  if (choice) return text && choiceLabel(choice, text);
  if (DATE.test(text)) return formatDate(text, 'long');
  if (TIME.test(text)) return formatTime(text);
  if (MOMENT.test(text)) return formatMoment(text);
  return field === 'staff_number' ? groupDigits(text, NIP_GROUPS) : text;
}

/** Whether a field holds the code of a region. */
export const isRegion = (field: string) => field === 'region' || field === 'scope';

/** The message key of a field's name. */
export const fieldLabelKey = (kind: string, field: string) => `field-${kind}-${field}`;
