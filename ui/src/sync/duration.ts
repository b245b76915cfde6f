import { t } from '@shared/i18n/index.svelte';

/** A length of time in one unit, as one would say it: 42 detik, 12 menit, 3 jam, 2 hari. */
export function sayDuration(milliseconds: number): string {
  const seconds = Math.round(Math.abs(milliseconds) / 1000);
  if (seconds < 100) return t('sync-seconds', { count: seconds });
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return t('sync-minutes', { count: minutes });
  const hours = Math.round(minutes / 60);
  if (hours < 48) return t('sync-hours', { count: hours });
  return t('sync-days', { count: Math.round(hours / 24) });
}
