// How near a deadline is, in words and tone.
import type { Urgency } from '@bindings';
import { t } from '@shared/i18n/index.svelte';

export function urgencyText(urgency: Urgency): string {
  switch (urgency.kind) {
    case 'overdue':
      return t('finding-overdue', { days: urgency.days });
    case 'today':
      return t('finding-due-today');
    default:
      return t('finding-days-left', { days: urgency.days });
  }
}

/** Red is for what has passed and for nothing else. */
export function urgencyTone(urgency: Urgency): 'red' | 'nutmeg' | 'neutral' {
  return { overdue: 'red', today: 'nutmeg', soon: 'nutmeg', later: 'neutral' }[urgency.kind] as
    'red' | 'nutmeg' | 'neutral';
}
