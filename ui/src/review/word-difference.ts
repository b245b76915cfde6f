// Which words of a text another text does not have.
import { diffWordsWithSpace } from 'diff';

/** A run of words, and whether the other text has them at this place. */
export interface Run {
  words: string;
  differs: boolean;
}

/** Two unlike books are not worth the wait: they are then shown without marks. */
const PATIENCE_MS = 200;

/** `text` in runs, marked where it differs from `other`. */
export function differencesFrom(other: string, text: string): Run[] {
  if (other === text || other.trim() === '') return [{ words: text, differs: false }];
  const changes = diffWordsWithSpace(other, text, { timeout: PATIENCE_MS });
  if (!changes) return [{ words: text, differs: false }];
  return changes.filter((change) => !change.removed).map(({ value, added }) => ({ words: value, differs: added }));
}

/** A run of a revised text: what stayed, what came in, what went. */
export interface RevisionRun {
  words: string;
  change: 'same' | 'added' | 'removed';
}

/** Unchanged text longer than this is cut in the middle: a reader looks for what changed. */
const LONGEST_SAME = 240;
const KEPT_BESIDE = 90;

/** How one text became another, with long stretches that stayed cut short. */
export function revisionRuns(before: string, after: string): RevisionRun[] {
  const changes = diffWordsWithSpace(before, after, { timeout: PATIENCE_MS });
  if (!changes) {
    return [
      { words: before, change: 'removed' },
      { words: after, change: 'added' },
    ];
  }
  return changes.map(({ value, added, removed }, at) => {
    if (added) return { words: value, change: 'added' };
    if (removed) return { words: value, change: 'removed' };
    const [first, last] = [at === 0, at === changes.length - 1];
    return { words: shortened(value, first ? 0 : KEPT_BESIDE, last ? 0 : KEPT_BESIDE), change: 'same' };
  });
}

/** The text with its middle cut out, keeping so much of its beginning and its end. */
export function shortened(text: string, head = KEPT_BESIDE, tail = KEPT_BESIDE): string {
  if (text.length <= LONGEST_SAME) return text;
  const start = text.slice(0, head).replace(/\S+$/, '');
  const end = text.slice(text.length - tail).replace(/^\S+/, '');
  return `${start} … ${tail === 0 ? '' : end}`;
}
