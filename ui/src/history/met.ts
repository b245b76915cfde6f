// Whom and what a history has shown so far: what its filters offer.
import type { HistoryEntry, RecordChanges } from '@bindings';

export interface Met {
  /** People by id, with their names. */
  people: readonly (readonly [string, string])[];
  /** Fields and lists of the record, by name. */
  fields: readonly string[];
}

export const NOBODY: Met = { people: [], fields: [] };

/** What was met before, and in these saves. */
export function meeting({ people, fields }: Met, entries: readonly HistoryEntry[]): Met {
  const names = new Map(people);
  const touched = new Set(fields);
  for (const { author_id, author, changes } of entries) {
    names.set(author_id, author);
    changes.flatMap(fieldsOf).forEach((field) => touched.add(field));
  }
  return { people: [...names], fields: [...touched] };
}

/** The fields of the record that were touched; a part counts as the list it stands on. */
function fieldsOf({ list, changes }: RecordChanges): string[] {
  if (list !== null) return [list];
  const named = changes.map((change) => (change.did === 'moved' ? 'status' : 'field' in change ? change.field : null));
  return named.filter((field) => field !== null);
}
