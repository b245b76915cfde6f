/** A limit as officers write it, in megabytes, to bytes: nothing is no limit, what is no number is `undefined`. */
export function parseMegabytes(text: string): number | null | undefined {
  const trimmed = text.trim().replace(',', '.');
  if (trimmed === '') return null;
  return /^\d{1,9}(\.\d{1,3})?$/.test(trimmed) ? Math.round(Number(trimmed) * 1_000_000) : undefined;
}

/** Bytes as parseMegabytes reads them, with the comma of Indonesian. */
export function writeMegabytes(bytes: number | null): string {
  return bytes === null ? '' : String(bytes / 1_000_000).replace('.', ',');
}
