// Regions by name, for fields that say where something happened.
import { region_search, type RegionPath } from '@bindings';
import type { Option } from '@shared/components';
import { translate } from '@shared/i18n/index.svelte';

const names = new Map<string, Promise<string>>();

function around({ within }: RegionPath): string {
  // Names repeat, even within one kecamatan; what lies around tells them apart.
  return within
    .slice(1)
    .reverse()
    .map((region) => region.name)
    .join(', ');
}

/** Regions whose name or code holds a text. */
export async function searchRegions(text: string): Promise<Option[]> {
  return (await region_search({ text })).map(regionOption);
}

/** A region to choose, with what tells namesakes apart. */
export function regionOption(path: RegionPath): Option {
  const level = translate(`choice-region_level-${path.region.level}`);
  return {
    value: path.region.code,
    label: path.region.name,
    detail: [level, around(path)].filter(Boolean).join(' · '),
  };
}

/** A region's name with that of the areas around it; its code if the tables do not know it. */
export function regionName(code: string): Promise<string> {
  let name = names.get(code);
  if (!name) {
    name = region_search({ text: code }).then((found) => {
      const path = found.find((one) => one.region.code === code);
      return path ? [path.region.name, around(path)].filter(Boolean).join(', ') : code;
    });
    // A failed question is asked again next time.
    name.catch(() => names.delete(code));
    names.set(code, name);
  }
  return name;
}
