// Whose laptop this is and whether its store is open: what decides between first run, lock and work.
import { app_state, lock, type AppState } from '@bindings';
import { asHostError, type HostError } from '@host';
import { setSaving } from '@shared/saving.svelte';

let state = $state.raw<AppState | null>(null);
let failure = $state.raw<HostError | null>(null);

/** Where the program stands; null until the first answer. */
export function session(): AppState | null {
  return state;
}

/** Why the program could not say where it stands. */
export function sessionFailure(): HostError | null {
  return failure;
}

/** Takes the state a command answered with: after first run, unlocking, enrolling, changing laptops. */
export function setSession(next: AppState): void {
  const before = state;
  state = next;
  failure = null;
  const samePlace = before?.phase === next.phase && before.sample === next.sample;
  // Another laptop holds other records; the address of one there leads nowhere here.
  if (before && !samePlace) location.hash = '';
  if (!samePlace) setSaving(null);
}

/** Asks where the program stands. */
export async function loadSession(): Promise<void> {
  try {
    setSession(await app_state());
  } catch (thrown) {
    failure = asHostError(thrown);
  }
}

/** Closes the store; nothing is deleted, drafts stay. */
export async function lockSession(): Promise<void> {
  setSession(await lock());
}
