// An import between its reading and its acceptance: the preview and what the officer decided on doubted people.
import {
  attendance_preview,
  type AcceptAttendance,
  type AttendanceInput,
  type AttendancePreview,
  type Attendee,
  type Decision,
  type DoubtedPerson,
  type Match,
} from '@bindings';
import { asHostError, type HostError } from '@host';
import { SvelteMap } from 'svelte/reactivity';

/** The options for a doubted person, as the value of a control. */
export type DecisionCode = 'add' | 'skip' | `merge-${number}`;

export class AttendanceImport {
  /** The file's name; null for what was pasted. */
  readonly fileName: string | null;
  input = $state.raw<AttendanceInput | null>(null);
  preview = $state.raw<AttendancePreview | null>(null);
  failure = $state.raw<HostError | null>(null);
  readonly #decided = new SvelteMap<number, DecisionCode>();

  constructor(source: File | string, attendees: Attendee[]) {
    this.fileName = typeof source === 'string' ? null : source.name;
    void this.#read(source, attendees);
  }

  async #read(source: File | string, attendees: Attendee[]): Promise<void> {
    try {
      this.input =
        typeof source === 'string'
          ? { from: 'pasted', text: source }
          : { from: 'file', base64: await base64Of(source) };
      this.preview = await attendance_preview({ attendees, input: this.input });
    } catch (thrown) {
      this.failure = asHostError(thrown);
    }
  }

  decisionOn({ person }: DoubtedPerson): DecisionCode | null {
    return this.#decided.get(person) ?? null;
  }

  decide({ person }: DoubtedPerson, code: DecisionCode): void {
    this.#decided.set(person, code);
  }

  /** Doubted people nobody decided on; they will be added, so that nobody is lost. */
  readonly undecided = $derived(
    (this.preview?.doubted ?? []).filter(({ person }) => !this.#decided.has(person)).length,
  );

  /** What accepting will do, in numbers. */
  readonly outcome = $derived.by(() => {
    const doubted = this.preview?.doubted ?? [];
    const codes = doubted.map((person) => this.decisionOn(person) ?? 'add');
    const counted = (fits: (code: DecisionCode) => boolean) => codes.filter(fits).length;
    return {
      added: (this.preview?.added.length ?? 0) + counted((code) => code === 'add'),
      merged: joinedWithList(this.preview).length + counted((code) => code.startsWith('merge')),
      skipped: (this.preview?.rejected.length ?? 0) + counted((code) => code === 'skip'),
    };
  });

  /** The decisions as the program takes them. */
  decisions(): AcceptAttendance['decisions'] {
    const decided: [number, Decision][] = [];
    for (const person of this.preview?.doubted ?? []) {
      const decision = decisionFor(person, this.decisionOn(person));
      if (decision) decided.push([person.person, decision]);
    }
    return Object.fromEntries(decided);
  }
}

/** Merges with someone already on the list; the others only join rows of the input. */
export const joinedWithList = (preview: AttendancePreview | null) =>
  (preview?.merged ?? []).filter(({ into }) => into !== null);

/** Whom a doubted person may be merged with, each with the reasons. */
export function candidates(person: DoubtedPerson) {
  return person.doubts.filter((doubt): doubt is typeof doubt & { candidate: Match } => doubt.candidate !== null);
}

function decisionFor(person: DoubtedPerson, code: DecisionCode | null): Decision | null {
  if (code === null || code === 'add' || code === 'skip') return code;
  const chosen = candidates(person)[Number(code.slice('merge-'.length))];
  return chosen ? { merge: chosen.candidate } : null;
}

/** A file's bytes as base64; the browser does it off the page's own thread. */
function base64Of(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(',')[1] ?? '');
    reader.onerror = () => reject(reader.error ?? new Error(file.name));
    reader.readAsDataURL(file);
  });
}
