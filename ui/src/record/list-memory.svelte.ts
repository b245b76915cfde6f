// What was looked for in each list, so that coming back from a record finds the list as it was left.
import type { RecordKind } from '@bindings';

export interface ListFilter {
  text: string;
  status: string | null;
}

const filters: Partial<Record<RecordKind, ListFilter>> = {};

function noFilter(): ListFilter {
  const filter = $state<ListFilter>({ text: '', status: null });
  return filter;
}

/** The filter of a kind's list, remembered while the program runs. */
export function listFilter(kind: RecordKind): ListFilter {
  return (filters[kind] ??= noFilter());
}
