// How a Field tells the control inside it its id, description and state, so that screens do not wire ids by hand.
import { getContext, setContext } from 'svelte';

/** What is wrong with a field: errors stop, warnings ask to look again, hints only help. */
export interface FieldProblem {
  message: string;
  severity: 'error' | 'warning' | 'hint';
}

export interface FieldState {
  readonly id: string;
  readonly describedBy: string | undefined;
  readonly invalid: boolean;
  readonly required: boolean;
  /** A control's own complaint, such as text that is no date; shown in place of the form's problem. */
  own: string | null;
}

const FIELD = Symbol('field');

export function provideField(state: FieldState): void {
  setContext(FIELD, state);
}

/** The field around a control, if there is one. */
export function surroundingField(): FieldState | undefined {
  return getContext<FieldState | undefined>(FIELD);
}
