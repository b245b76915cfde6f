// What the code of an area tells without the region tables: 81.71.01 lies in 81.71 and in 81.

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
