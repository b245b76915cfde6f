// The values of a conflict: what they say, and which of them can be written anew.
import type { ConflictEntry } from '@bindings';
import { choiceOfField } from '../record/choices';
import { choiceOfKind, isRegion, valueOfField } from '../record/display';

export type ValueShape = 'text' | 'date' | 'region' | 'fixed';

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{2}:\d{2}:\d{2}/;
/** Names of other records and of files; nobody writes those. */
const NAME = /^([0-9a-f]{8}-[0-9a-f]{4}-|[0-9a-f]{64}$)/;

/** What the values of a conflict are: words and dates can be written anew, the rest is one of the values. */
export function shapeOf(conflict: ConflictEntry): ValueShape {
  if (isRegion(conflict.field)) return 'region';
  if (choiceOfField(conflict.field) || choiceOfKind(conflict.record_kind, conflict.field)) return 'fixed';
  const values = conflict.values.map(({ value }) => value).filter((value) => value !== null);
  if (!values.every((value): value is string => typeof value === 'string')) return 'fixed';
  if (values.some((value) => DATE.test(value))) return 'date';
  return values.some((value) => TIME.test(value) || NAME.test(value)) ? 'fixed' : 'text';
}

/** A value as people read it; empty if there is none. */
export function valueWords({ record_kind, field }: ConflictEntry, value: unknown): string {
  return valueOfField(record_kind, field, value);
}
