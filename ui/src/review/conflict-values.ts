// The values of a conflict: what they say, and which of them can be written anew.
import type { ConflictEntry } from '@bindings';
import { hasMessage, translate } from '@shared/i18n/index.svelte';
import { choiceOfField } from '../record/choices';
import { displayValue } from '../record/display';

/** Coded fields whose name alone does not tell the choice: `form` is free text in other records. */
const CHOICES: Record<string, string> = {
  'outreach_event.form': 'outreach_form',
  'outreach_event.mode': 'event_mode',
  'attendee.sex': 'sex',
  'attendee.source': 'attendance_source',
};

export type ValueShape = 'text' | 'date' | 'region' | 'fixed';

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{2}:\d{2}:\d{2}/;
/** Names of other records and of files; nobody writes those. */
const NAME = /^([0-9a-f]{8}-[0-9a-f]{4}-|[0-9a-f]{64}$)/;

const choiceOf = ({ record_kind, field }: ConflictEntry) => CHOICES[`${record_kind}.${field}`];

/** What the values of a conflict are: words and dates can be written anew, the rest is one of the values. */
export function shapeOf(conflict: ConflictEntry): ValueShape {
  if (conflict.field === 'region') return 'region';
  if (choiceOfField(conflict.field) || choiceOf(conflict)) return 'fixed';
  const values = conflict.values.map(({ value }) => value).filter((value) => value !== null);
  if (!values.every((value): value is string => typeof value === 'string')) return 'fixed';
  if (values.some((value) => DATE.test(value))) return 'date';
  return values.some((value) => TIME.test(value) || NAME.test(value)) ? 'fixed' : 'text';
}

/** A value as people read it; empty if there is none. */
export function valueWords(conflict: ConflictEntry, value: unknown): string {
  const choice = choiceOf(conflict);
  const key = `choice-${choice}-${String(value)}`;
  return choice && hasMessage(key) ? translate(key) : displayValue(conflict.field, value);
}
