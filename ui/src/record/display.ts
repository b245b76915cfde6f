// Values of fields as people read them, outside of a form.
import { formatDate, formatTime } from '@shared/format/dates';
import { groupDigits } from '@shared/format/numbers';
import { t } from '@shared/i18n/index.svelte';
import { choiceLabel, choiceOfField } from './choices';

/** How a NIP is grouped when it is read: birth, appointment, sex, sequence. */
export const NIP_GROUPS = [8, 6, 1, 3] as const;

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{2}:\d{2}:\d{2}/;

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
  return field === 'staff_number' ? groupDigits(text, NIP_GROUPS) : text;
}

/** The message key of a field's name. */
export const fieldLabelKey = (kind: string, field: string) => `field-${kind}-${field}`;
