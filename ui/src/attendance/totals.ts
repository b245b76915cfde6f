// How many people are on the list, and who they are.
import type { Attendee } from '@bindings';

export interface Totals {
  people: number;
  male: number;
  female: number;
  sexUnknown: number;
  /** People of each staff group that is present, by code. */
  groups: Map<string, number>;
  groupUnknown: number;
  /** People of each agency, the largest first. */
  agencies: { name: string; count: number }[];
  agencyUnknown: number;
  /** Rows that have something but a name. */
  nameless: number;
}

/** Counts people; spellings of an agency that differ in case and spaces are one. */
export function totalsOf(people: readonly Attendee[]): Totals {
  const totals: Totals = {
    people: people.length,
    male: 0,
    female: 0,
    sexUnknown: 0,
    groups: new Map(),
    groupUnknown: 0,
    agencies: [],
    agencyUnknown: 0,
    nameless: 0,
  };
  const agencies = new Map<string, { name: string; count: number }>();
  for (const { name, sex, staff_group, agency } of people) {
    if (sex === 'male') totals.male += 1;
    else if (sex === 'female') totals.female += 1;
    else totals.sexUnknown += 1;
    if (staff_group === null) totals.groupUnknown += 1;
    else totals.groups.set(staff_group, (totals.groups.get(staff_group) ?? 0) + 1);
    if (name === '') totals.nameless += 1;
    const key = agency.toLowerCase();
    const counted = agencies.get(key);
    if (agency === '') totals.agencyUnknown += 1;
    else if (counted) counted.count += 1;
    else agencies.set(key, { name: agency, count: 1 });
  }
  totals.agencies = [...agencies.values()].sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  return totals;
}
