// A NIP while it is typed: grouped for the eye, kept as digits.

/** The separators people type or paste between the digits. */
const SEPARATORS = /[\s.-]/g;

/** The text to keep: digits alone where there is nothing else; anything else stays as it was written. */
export function keptNumber(typed: string): string {
  const digits = typed.replace(SEPARATORS, '');
  return /^\d*$/.test(digits) ? digits : typed;
}

/** The text to show: `19870312 201001 1 004`, also while it is incomplete. */
export function shownNumber(kept: string, groups: readonly number[]): string {
  if (!/^\d+$/.test(kept)) return kept;
  const parts: string[] = [];
  let from = 0;
  for (const size of groups) {
    if (from >= kept.length) break;
    parts.push(kept.slice(from, from + size));
    from += size;
  }
  if (from < kept.length) parts.push(kept.slice(from));
  return parts.join(' ');
}

/** Where the caret stands in the shown text after as many digits as stood before it. */
export function caretAfter(shown: string, digits: number): number {
  let seen = 0;
  for (const [at, sign] of [...shown].entries()) {
    if (seen === digits) return at;
    if (sign !== ' ') seen += 1;
  }
  return shown.length;
}
