// What is true of the text being typed right now, for the status bar and the form's own sign.
import type { Moment } from './format/dates';

export type Saving = { state: 'saved'; at: Moment | null } | { state: 'saving' } | { state: 'failed' };

let current = $state<Saving | null>(null);

/** The state of the form on screen; null where nothing is being typed. */
export function saving(): Saving | null {
  return current;
}

/** Says how keeping the text on screen stands; null when its form is left. */
export function setSaving(state: Saving | null): void {
  current = state;
}
