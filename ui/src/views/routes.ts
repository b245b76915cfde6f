// Every place in the program and its address after the #. Addresses are Indonesian because officers see them in
// bookmarks and reports of trouble.

/** The id that stands for a record that does not exist yet. */
export const NEW = 'baru';

export const PATHS = {
  home: 'beranda',
  supervisionList: 'pengawasan',
  supervisionReport: 'pengawasan/:id',
  findingList: 'temuan',
  findingFromReport: 'temuan/baru/dari/:report',
  finding: 'temuan/:id',
  outreachList: 'kegiatan',
  outreachEvent: 'kegiatan/:id',
  attendance: 'kegiatan/:id/peserta',
  documentList: 'dokumen',
  documentVerify: 'dokumen/periksa',
  documentIssue: 'dokumen/terbitkan/:template/:source',
  document: 'dokumen/:id',
  review: 'tinjauan',
  history: 'riwayat/:id',
  synchronization: 'sinkronisasi',
  held: 'tertahan',
  enrolment: 'pendaftaran',
} as const;

export type ScreenName = keyof typeof PATHS;

type NamesIn<Path extends string> = Path extends `${infer Head}/${infer Tail}`
  ? NamesIn<Head> | NamesIn<Tail>
  : Path extends `:${infer Name}`
    ? Name
    : never;

/** What the address of a screen carries, as the properties its view receives. */
export type ScreenParameters<Name extends ScreenName> = { [Key in NamesIn<(typeof PATHS)[Name]>]: string };

/** A screen together with its parameters. */
export type Route = { [Name in ScreenName]: { name: Name; parameters: ScreenParameters<Name> } }[ScreenName];

/** The address of a screen, for links: href('finding', { id }). */
export function href<Name extends ScreenName>(
  name: Name,
  ...[parameters]: NamesIn<(typeof PATHS)[Name]> extends never ? [] : [ScreenParameters<Name>]
): string {
  const filled = PATHS[name].replace(/:(\w+)/g, (_, key: string) =>
    encodeURIComponent((parameters as Record<string, string> | undefined)?.[key] ?? ''),
  );
  return `#/${filled}`;
}

const names = Object.keys(PATHS) as ScreenName[];

/** The screen at an address; anything unknown is the first screen. */
export function routeAt(hash: string): Route {
  const parts = hash.replace(/^#?\/?/, '').split('/');
  // The list is ordered: fixed words stand before parameters of the same place.
  for (const name of names) {
    const parameters = matching(PATHS[name].split('/'), parts);
    if (parameters) return { name, parameters } as Route;
  }
  return { name: 'home', parameters: {} };
}

function matching(pattern: string[], parts: string[]): Record<string, string> | null {
  if (pattern.length !== parts.length) return null;
  const parameters: Record<string, string> = {};
  for (const [at, expected] of pattern.entries()) {
    const part = parts[at]!;
    if (!expected.startsWith(':')) {
      if (expected !== part) return null;
    } else if (part === '') return null;
    else parameters[expected.slice(1)] = decodeURIComponent(part);
  }
  return parameters;
}
