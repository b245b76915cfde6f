// The areas an officer can be responsible for, from the region tables.
import { region_children, region_search, type Region, type RegionPath } from '@bindings';
import type { Option } from '@shared/components';
import { areaOf, type AreaLevel } from './area-code';

const asOption = ({ code, name }: Region): Option => ({ value: code, label: name });

/** The areas directly below one; the provinces below null. */
export async function areasBelow(parent: string | null): Promise<Option[]> {
  return (await region_children({ parent })).map(asOption);
}

/** Areas of a level by name, with what tells namesakes apart. */
export async function searchAreas(text: string, level: AreaLevel): Promise<Option[]> {
  if (text.trim() === '') return [];
  const around = ({ within }: RegionPath) => [...within].reverse().map((region) => region.name);
  return (await region_search({ text }))
    .filter(({ region }) => areaOf(level, region.code) === region.code)
    .map((path) => ({ ...asOption(path.region), detail: around(path).join(', ') }));
}
