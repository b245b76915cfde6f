// The areas an officer can be responsible for, from the region tables.
import { region_children, region_search, type Region, type RegionPath } from '@bindings';
import type { Option } from '@shared/components';

/** Panwaslu of a kecamatan, or Bawaslu of a kabupaten or kota. */
export type AreaLevel = 'district' | 'regency';

/** How many parts the codes of a level have: 81.71.01 is a kecamatan. */
const DEPTH: Record<AreaLevel, number> = { regency: 2, district: 3 };

/** The area of a depth that a code names or lies in: the province at 1, the regency at 2; null where it has none. */
export function areaAt(depth: number, code: string | null): string | null {
  const parts = code?.split('.') ?? [];
  return parts.length < depth ? null : parts.slice(0, depth).join('.');
}

/** The area of a level that a code names or lies in. */
export const areaOf = (level: AreaLevel, code: string | null) => areaAt(DEPTH[level], code);

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
