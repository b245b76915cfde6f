// What is held, with what one explanation serves together.
import type { HeldEntry } from '@bindings';

export type HeldEntries = readonly [HeldEntry, ...HeldEntry[]];

/** Entries with the same reason and way out; the groups stand as their first entries do. */
export function groupsOf(entries: readonly HeldEntry[]): HeldEntries[] {
  const groups = new Map<string, [HeldEntry, ...HeldEntry[]]>();
  for (const entry of entries) {
    const key = `${entry.reason} ${entry.level} ${entry.way_out}`;
    const group = groups.get(key);
    if (group) group.push(entry);
    else groups.set(key, [entry]);
  }
  return [...groups.values()];
}
