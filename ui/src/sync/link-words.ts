// What the link is doing, in a sentence and what it means for the officer.
import type { SyncState } from '@bindings';
import { formatBytes } from '@shared/format/numbers';
import { t } from '@shared/i18n/index.svelte';
import { sayDuration } from './duration';

export interface LinkWords {
  title: string;
  hint: string;
  tone: 'good' | 'active' | 'waiting' | 'quiet';
}

export function linkWords(state: SyncState, now: number): LinkWords {
  switch (state.phase) {
    case 'not_enrolled':
      return { title: t('sync-not-enrolled'), hint: t('sync-not-enrolled-hint'), tone: 'quiet' };
    case 'exchanging':
      return { title: t('sync-phase-exchanging'), hint: t('sync-phase-exchanging-hint'), tone: 'active' };
    case 'plan_used_up':
      return { title: t('sync-phase-plan_used_up'), hint: t('sync-phase-plan_used_up-hint'), tone: 'waiting' };
    case 'paused':
      return { title: t('sync-phase-paused'), hint: t('sync-phase-paused-hint'), tone: 'quiet' };
    case 'failed':
      return { title: t('sync-phase-failed'), hint: t('sync-phase-failed-hint'), tone: 'waiting' };
    case 'waiting': {
      const left = millisecondsLeft(state, now);
      const hint = left > 0 ? t('sync-phase-waiting-in', { time: sayDuration(left) }) : t('sync-phase-waiting-hint');
      return { title: t('sync-phase-waiting'), hint, tone: 'waiting' };
    }
    case 'idle':
      return idleWords(state);
  }
}

/** “Terkirim” is said only when nothing is without a receipt. */
function idleWords(state: SyncState): LinkWords {
  if (state.waiting_saves + state.waiting_attachments > 0)
    return { title: t('sync-phase-ready'), hint: t('sync-phase-ready-hint'), tone: 'waiting' };
  if (state.sent_saves > 0) return { title: t('sync-phase-done'), hint: t('sync-phase-done-hint'), tone: 'good' };
  return { title: t('sync-phase-empty'), hint: t('sync-phase-empty-hint'), tone: 'good' };
}

/** How much an exchange still carries, and for how long at the speed last measured. */
export function progressWords({ progress }: SyncState): string | null {
  if (!progress || progress.bytes_left === 0) return null;
  const { bytes_left, bytes_per_second } = progress;
  const size = formatBytes(bytes_left);
  if (!bytes_per_second) return t('sync-progress', { size });
  const time = sayDuration((bytes_left / bytes_per_second) * 1000);
  return t('sync-progress-time', { size, time, speed: formatBytes(bytes_per_second) });
}

export function millisecondsLeft({ next_attempt }: SyncState, now: number): number {
  return next_attempt === null ? 0 : Math.max(0, Date.parse(next_attempt) - now);
}
