// The codes of the choices Rust declares, in the order they are offered. Their words are in the catalogue; a code of a
// later version, which this one does not offer, is shown as it is.
import type { Option } from '@shared/components';
import { translate } from '@shared/i18n/index.svelte';

const CODES = {
  record_status: ['draft', 'submitted', 'returned', 'accepted'],
  election_regime: ['general', 'regional'],
  evidence_class: ['proof', 'exhibit'],
  staff_group: ['pns', 'pppk', 'contract', 'village', 'military', 'police', 'public'],
  violation_class: ['administrative', 'criminal', 'organiser_ethics', 'other_law'],
  outreach_form: ['socialization', 'webinar', 'podcast', 'declaration', 'pledge', 'assembly', 'agreement', 'patrol'],
  event_mode: ['on_site', 'online', 'hybrid'],
  crucial_issue: ['money_politics', 'identity_politics', 'hoax', 'civil_servant_neutrality'],
} as const;

export type ChoiceName = keyof typeof CODES;

/** The fields that hold codes, and of which choice. */
const CHOICE_OF_FIELD: Record<string, ChoiceName> = {
  status: 'record_status',
  regime: 'election_regime',
  class: 'evidence_class',
  staff_group: 'staff_group',
  violation_classes: 'violation_class',
  issues: 'crucial_issue',
  form: 'outreach_form',
  mode: 'event_mode',
};

export const choiceOfField = (field: string): ChoiceName | undefined => CHOICE_OF_FIELD[field];

/** The words for a code. */
export function choiceLabel(choice: ChoiceName, code: string): string {
  const known: readonly string[] = CODES[choice];
  return known.includes(code) ? translate(`choice-${choice}-${code}`) : code;
}

/** A choice as options of a control. */
export function choiceOptions(choice: ChoiceName): Option[] {
  return CODES[choice].map((code) => ({ value: code, label: choiceLabel(choice, code) }));
}
