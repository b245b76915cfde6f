// What the status bar tells: asked for again and again, because the truth changes by itself.
import { home, sync_state, type Home, type SyncState } from '@bindings';

const SYNC_EVERY_MS = 4_000;
const HOME_EVERY_MS = 60_000;

let sync = $state.raw<SyncState | null>(null);
let due = $state.raw<Home['deadlines'][number] | null>(null);
/** Whether the last question was answered; a bar that cannot know must not pretend. */
let answered = $state(true);

export function syncStatus(): SyncState | null {
  return answered ? sync : null;
}

/** The record whose deadline comes first. */
export function nextDue(): Home['deadlines'][number] | null {
  return due;
}

async function ask<Answer>(question: () => Promise<Answer>, take: (answer: Answer) => void): Promise<void> {
  try {
    take(await question());
    answered = true;
  } catch {
    // The screens report failures of what the officer did; here it is enough to stop claiming anything.
    answered = false;
  }
}

const askSync = () => ask(sync_state, (answer) => (sync = answer));
const askDue = () => ask(home, (answer) => (due = answer.deadlines[0] ?? null));

/** Asks at once, after a save or a synchronization. */
export function refreshStatus(): void {
  void askSync();
  void askDue();
}

/** Keeps asking until the returned function is called; not while nobody looks. */
export function followStatus(): () => void {
  const whenSeen = (question: () => Promise<void>) => () => document.hidden || void question();
  const timers = [setInterval(whenSeen(askSync), SYNC_EVERY_MS), setInterval(whenSeen(askDue), HOME_EVERY_MS)];
  window.addEventListener('focus', refreshStatus);
  refreshStatus();
  return () => {
    timers.forEach(clearInterval);
    window.removeEventListener('focus', refreshStatus);
    sync = null;
    due = null;
  };
}
