// What can be said about a passphrase while it is typed. It never leaves the field; the store judges the length again.

/** The shortest passphrase the store takes, in characters. */
export const LEAST_PASSPHRASE = 12;

export type PassphraseAdvice = { kind: 'empty' } | { kind: 'short' | 'plain' | 'good'; count: number };

/** Characters as people count them: one letter with its marks is one. */
export const passphraseLength = (text: string) => [...text].length;

/**
 * A word about length and variety. Variety is judged coarsely: repeated or running characters make a long text as easy
 * to guess as a short one.
 */
export function advisePassphrase(text: string): PassphraseAdvice {
  const count = passphraseLength(text);
  if (count === 0) return { kind: 'empty' };
  if (count < LEAST_PASSPHRASE) return { kind: 'short', count };
  return { kind: surprises(text) < LEAST_PASSPHRASE / 2 ? 'plain' : 'good', count };
}

/** How many characters neither repeat the one before nor follow it in the alphabet, each counted once after the last. */
function surprises(text: string): number {
  const codes = [...text.toLowerCase()].map((character) => character.codePointAt(0) ?? 0);
  const unforeseen = codes.filter((code, at) => at === 0 || Math.abs(code - codes[at - 1]!) > 1);
  return Math.min(unforeseen.length, new Set(codes).size);
}
