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
