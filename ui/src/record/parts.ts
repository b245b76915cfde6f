// The lists of parts that records have: the kind of their items, which names the fields' words, and the fields.
import type { RecordKind } from '@bindings';

interface Part {
  kind: RecordKind;
  fields: readonly string[];
}

const PARTS: Record<string, Part> = {
  activities: {
    kind: 'supervision_activity',
    fields: ['form', 'purpose', 'target', 'date', 'starts_at', 'ends_at', 'place'],
  },
  reported_persons: {
    kind: 'reported_person',
    fields: ['name', 'staff_group', 'staff_number', 'position', 'agency', 'address', 'phone'],
  },
  witnesses: { kind: 'witness', fields: ['name', 'address', 'phone'] },
  speakers: { kind: 'speaker', fields: ['name', 'position', 'agency', 'topic'] },
  invited_agencies: { kind: 'invited_agency', fields: ['name', 'invited_count'] },
  evidence: { kind: 'evidence_item', fields: ['class', 'description', 'attachment'] },
};

/** The parts a field holds, if it is a list of parts. */
export const partOf = (field: string): Part | undefined => PARTS[field];
