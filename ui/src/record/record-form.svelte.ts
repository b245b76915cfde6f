// The state of a record on screen: what is stored, what is being written, what is wrong with it, and the draft that
// keeps it safe. One concept for every kind of record with a form.
import {
  comment_add,
  conflict_resolve,
  draft_discard,
  draft_put,
  draft_read,
  record_delete,
  record_move,
  record_restore,
  record_transition,
  type ConflictEntry,
  type Problem,
  type RecordDetail,
  type SaveRecord,
  type Seen,
} from '@bindings';
import { asHostError, type HostError } from '@host';
import type { FieldProblem, FormSectionState } from '@shared/components';
import { translate } from '@shared/i18n/index.svelte';
import { setSaving } from '@shared/saving.svelte';
import { untrack } from 'svelte';
import { SvelteSet } from 'svelte/reactivity';
import { refreshStatus } from '../views/shell/status.svelte';
import { isFresh, noLongerFresh } from './fresh-drafts';
import { sectionId, sectionLabelKey, type OfficeRecord, type RecordSubject } from './subject';

/** Long enough not to write at every letter, short enough that a power cut costs a word. */
const KEEP_AFTER_MS = 600;
const CHECK_AFTER_MS = 350;
/** A full disk or a closed store may be put right while the officer writes on. */
const KEEP_AGAIN_MS = 5_000;

/** What a part of a form needs of its form, whatever the kind. */
export type AnyForm = Pick<
  RecordForm<OfficeRecord>,
  'id' | 'problemAt' | 'touch' | 'conflictAt' | 'decide' | 'jump' | 'editing' | 'writable'
> & { readonly kind: string };

/** A draft that was found when the record was opened. */
export interface ResumedDraft {
  at: string;
  /** The stored record has changed since the draft was begun. */
  overtaken: boolean;
}

export class RecordForm<R extends OfficeRecord> {
  readonly subject: RecordSubject<R>;
  readonly id: string;

  phase = $state<'loading' | 'ready' | 'failed'>('loading');
  /** Why the record could not be opened. */
  failure = $state.raw<HostError | null>(null);
  /** Why the last thing the officer asked for did not happen. */
  trouble = $state.raw<HostError | null>(null);
  /** Why the draft is not kept at the moment. */
  unkept = $state.raw<HostError | null>(null);
  busy = $state(false);

  /** The record as it is written on screen. */
  record = $state() as R;
  /** Whether it is being written or read. */
  editing = $state(false);
  /** The record as it is stored; null before its first saving. */
  stored = $state.raw<RecordDetail<R> | null>(null);
  /** When the draft was last kept; null while there is none. */
  draftAt = $state<string | null>(null);
  resumed = $state.raw<ResumedDraft | null>(null);
  problems = $state.raw<readonly Problem[]>([]);
  /** The conflict being decided. */
  deciding = $state.raw<ConflictEntry | null>(null);

  /** Fields that were left once; before that nobody needs to hear that they are empty. */
  readonly #touched = new SvelteSet<string>();
  /** After trying to submit, everything missing is shown. */
  #showsAll = $state(false);

  /** What the writing began from. */
  #seen: Seen<R> | null = null;
  #seenText = '';
  #text = '';
  #keptText = '';
  #keepTimer: ReturnType<typeof setTimeout> | undefined;
  #checkTimer: ReturnType<typeof setTimeout> | undefined;
  /** Drafts are written one after the other; an older one must never land on a newer one. */
  #keeping: Promise<void> = Promise.resolve();
  #question = 0;
  #left = false;

  constructor(subject: RecordSubject<R>, id: string) {
    this.subject = subject;
    this.id = id;
    void this.load();
  }

  get kind() {
    return this.subject.kind;
  }

  get title(): string {
    return this.subject.title(this.record);
  }

  readonly conflicts = $derived(this.stored?.meta.conflicts ?? []);
  /** Whether the person at this laptop may change it: what is not stored yet is theirs. */
  readonly writable = $derived((this.stored?.meta.access ?? 'write') === 'write');
  readonly errors = $derived(this.problems.filter((problem) => problem.severity === 'error').length);

  /** The sections with their state, for the list beside the form. */
  readonly sections = $derived.by(() =>
    this.subject.sections.map((section) => {
      const problems = this.problems.filter((problem) => problem.section === section.name);
      return {
        id: sectionId(section.name),
        name: section.name,
        label: translate(sectionLabelKey(this.kind, section.name)),
        state: this.#stateOf(section.fields, problems),
        problems: problems.filter((problem) => problem.severity !== 'hint').length,
      };
    }),
  );

  #stateOf(fields: readonly Extract<keyof R, string>[], problems: Problem[]): FormSectionState {
    const errors = problems.filter((problem) => problem.severity === 'error');
    const filled = fields.some((field) => isFilled(this.record[field]));
    if (errors.some((problem) => this.#shows(problem))) return 'problem';
    if (errors.length > 0) return filled ? 'partial' : 'empty';
    return filled ? (problems.some((problem) => problem.severity === 'warning') ? 'partial' : 'complete') : 'empty';
  }

  /** Opens the record: the draft wins over what is stored. */
  async load(): Promise<void> {
    this.phase = 'loading';
    try {
      const draft = await draft_read({ subject: 'record', id: this.id });
      this.stored = isFresh(this.id) ? null : await this.#readStored(draft !== null);
      if (draft) {
        const { record, seen } = draft.content as SaveRecord<R>;
        this.#write(record, seen);
        this.draftAt = draft.saved_at;
        const overtaken = seen !== null && this.stored !== null && seen.version !== this.stored.meta.version;
        if (!isFresh(this.id)) this.resumed = { at: draft.saved_at, overtaken };
        setSaving({ state: 'saved', at: draft.saved_at });
      } else if (this.stored) {
        this.#show(this.stored);
      }
      this.phase = 'ready';
    } catch (thrown) {
      this.failure = asHostError(thrown);
      this.phase = 'failed';
    }
  }

  async #readStored(maybeMissing: boolean): Promise<RecordDetail<R> | null> {
    try {
      return await this.subject.read({ id: this.id });
    } catch (thrown) {
      const failure = asHostError(thrown);
      if (maybeMissing && failure.code === 'record-missing') return null;
      throw failure;
    }
  }

  #show(detail: RecordDetail<R>): void {
    this.stored = detail;
    this.editing = false;
    this.record = structuredClone(detail.record);
    this.draftAt = null;
    this.resumed = null;
    this.#touched.clear();
    this.#showsAll = false;
    void this.check();
  }

  #write(record: R, seen: Seen<R> | null): void {
    this.#seen = seen;
    this.#seenText = seen ? JSON.stringify(seen.record) : '';
    this.#text = JSON.stringify(record);
    this.#keptText = this.#text;
    this.record = record;
    this.editing = true;
    void this.check();
  }

  /** Begins to write on the stored record. */
  edit(): void {
    if (!this.stored || this.editing) return;
    const { record, meta } = this.stored;
    this.#write(structuredClone(record), { record, version: meta.version });
  }

  /** Ends writing where nothing was changed. */
  read(): void {
    if (this.stored && !this.changed) this.#show(this.stored);
  }

  /** Whether there is anything that saving would store. */
  get changed(): boolean {
    return this.editing && (this.#seen === null || JSON.stringify(this.record) !== this.#seenText);
  }

  /** Follows the record on screen; run inside an effect, it is called again after every change. */
  follow(): void {
    if (this.phase !== 'ready' || !this.editing) return;
    const text = JSON.stringify(this.record);
    untrack(() => {
      if (text === this.#text) return;
      this.#text = text;
      noLongerFresh(this.id);
      clearTimeout(this.#keepTimer);
      clearTimeout(this.#checkTimer);
      this.#keepTimer = setTimeout(() => this.keep(), KEEP_AFTER_MS);
      this.#checkTimer = setTimeout(() => void this.check(), CHECK_AFTER_MS);
    });
  }

  /** Keeps what is on screen as a draft at once. */
  keep(): void {
    clearTimeout(this.#keepTimer);
    if (!this.editing) return;
    // Typing is taken up by effects a moment later; what counts is what the record holds now.
    this.#text = JSON.stringify(this.record);
    const text = this.#text;
    this.#keeping = this.#keeping.then(() => this.#keepText(text));
  }

  async #keepText(text: string): Promise<void> {
    if (text === this.#keptText || !this.editing) return;
    this.#say({ state: 'saving' });
    try {
      if (text === this.#seenText) {
        await draft_discard({ subject: 'record', id: this.id });
        this.draftAt = null;
        this.#say(null);
      } else {
        this.draftAt = await this.#putDraft({ record: JSON.parse(text) as R, seen: this.#seen });
        this.#say({ state: 'saved', at: this.draftAt });
      }
      this.#keptText = text;
      this.unkept = null;
    } catch (thrown) {
      this.unkept = asHostError(thrown);
      this.#say({ state: 'failed' });
      if (!this.#left) this.#keepTimer = setTimeout(() => this.keep(), KEEP_AGAIN_MS);
    }
  }

  async #putDraft(content: SaveRecord<R>): Promise<string> {
    const title = this.subject.title(content.record);
    const { saved_at } = await draft_put({ subject: 'record', id: this.id, kind: this.kind, title, content });
    return saved_at;
  }

  #say(state: Parameters<typeof setSaving>[0]): void {
    if (!this.#left) setSaving(state);
  }

  /** Asks what is wrong with the record as it stands on screen. */
  async check(): Promise<void> {
    clearTimeout(this.#checkTimer);
    const mine = ++this.#question;
    try {
      const problems = await this.subject.check({ record: $state.snapshot(this.record) as R });
      if (mine === this.#question) this.problems = problems;
    } catch {
      // Checking helps while writing and decides nothing: saving and submitting say themselves what fails.
    }
  }

  /** Does one thing at a time and shows why it failed. */
  async #attempt(work: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.trouble = null;
    try {
      await work();
      return true;
    } catch (thrown) {
      this.trouble = asHostError(thrown);
      return false;
    } finally {
      this.busy = false;
      refreshStatus();
    }
  }

  /** Stores what is on screen; afterwards it is read. */
  save(): Promise<boolean> {
    return this.#attempt(() => this.#save());
  }

  async #save(): Promise<void> {
    if (!this.editing) return;
    if (!this.changed) return this.read();
    clearTimeout(this.#keepTimer);
    // A draft on its way must not arrive after the saving that makes it needless.
    await this.#keeping;
    const sent = $state.snapshot(this.record) as R;
    const detail = await this.subject.save({ record: sent, seen: this.#seen });
    noLongerFresh(this.id);
    if (JSON.stringify(this.record) === JSON.stringify(sent)) this.#show(detail);
    else {
      // Someone typed on while it was being stored: those words are the next change, made on what was sent.
      this.stored = detail;
      this.#seen = { record: sent, version: detail.meta.version };
      this.#seenText = JSON.stringify(sent);
      this.#keptText = this.#seenText;
      this.keep();
    }
    this.#say({ state: 'saved', at: Date.now() });
  }

  async #reload(): Promise<void> {
    this.#show(await this.subject.read({ id: this.id }));
  }

  /** Reads the stored record again; what is being written stays as it is. */
  async #reloadAround(): Promise<void> {
    const detail = await this.subject.read({ id: this.id });
    if (this.editing) this.stored = detail;
    else this.#show(detail);
  }

  /** Moves the record in its workflow, after storing what is on screen. */
  transition(to: string, reason: string): Promise<boolean> {
    return this.#attempt(async () => {
      await this.#save();
      await record_transition({ id: this.id, to, reason });
      await this.#reload();
    });
  }

  /** Moves the record to another office, after storing what is on screen. */
  move(to: string, reason: string): Promise<boolean> {
    return this.#attempt(async () => {
      await this.#save();
      await record_move({ id: this.id, to, reason });
      await this.#reload();
    });
  }

  /** Deletes the record, after storing what is on screen. */
  delete(reason: string): Promise<boolean> {
    return this.#attempt(async () => {
      await this.#save();
      await record_delete({ id: this.id, reason });
      await this.#reload();
    });
  }

  /** Takes the deletion of the record back. */
  restore(): Promise<boolean> {
    return this.#attempt(async () => {
      await record_restore({ id: this.id });
      await this.#reloadAround();
    });
  }

  /** Adds a comment; what is being written stays as it is. */
  comment(text: string, about: string): Promise<boolean> {
    return this.#attempt(async () => {
      await comment_add({ id: this.id, text, about });
      await this.#reloadAround();
    });
  }

  /** Opens the decision of a conflict. */
  decide(conflict: ConflictEntry): void {
    this.deciding = conflict;
  }

  /** Decides a conflict, after storing what is on screen. */
  resolve(conflict: ConflictEntry, value: unknown, note: string): Promise<boolean> {
    return this.#attempt(async () => {
      await this.#save();
      await conflict_resolve({ record: conflict.record, field: conflict.field, value, note });
      await this.#reload();
    });
  }

  /** Throws the draft away and gives back what brings it again; null if it could not be thrown away. */
  async discardDraft(): Promise<(() => Promise<void>) | null> {
    const content: SaveRecord<R> = { record: $state.snapshot(this.record) as R, seen: this.#seen };
    const done = await this.#attempt(async () => {
      clearTimeout(this.#keepTimer);
      await this.#keeping;
      await draft_discard({ subject: 'record', id: this.id });
      this.editing = false;
      setSaving(null);
      if (this.stored) this.#show(this.stored);
    });
    if (!done) return null;
    return async () => {
      this.draftAt = await this.#putDraft(content);
      if (!this.#left) this.#write(content.record, content.seen);
    };
  }

  /** Called when the screen is left. */
  leave(): void {
    clearTimeout(this.#checkTimer);
    if (this.editing && isFresh(this.id)) {
      noLongerFresh(this.id);
      clearTimeout(this.#keepTimer);
      // Nothing was written. If throwing it away fails, an empty draft more does no harm.
      void draft_discard({ subject: 'record', id: this.id }).catch(() => undefined);
    } else this.keep();
    this.#left = true;
    setSaving(null);
  }

  /** A field was left: what is wrong with it now is told, not what was wrong before it was filled in. */
  touch(path: string): void {
    void this.check().then(() => this.#touched.add(path));
  }

  /** From now on everything missing is shown where it is missing. */
  showAll(): void {
    this.#showsAll = true;
  }

  #shows(problem: Problem): boolean {
    return this.#showsAll || this.#touched.has(problem.field);
  }

  /** What is wrong with a field, once it was left. */
  problemAt(path: string): FieldProblem | null {
    const found = this.problems.filter((problem) => problem.field === path);
    const worst = (['error', 'warning', 'hint'] as const)
      .map((severity) => found.find((problem) => problem.severity === severity))
      .find((problem) => problem);
    if (!worst || !this.editing || !this.#shows(worst)) return null;
    return { message: translate(worst.message, worst.args), severity: worst.severity };
  }

  /** The conflict of a field of the record or of one of its parts. */
  conflictAt(record: string, field: string): ConflictEntry | undefined {
    return this.conflicts.find((conflict) => conflict.record === record && conflict.field === field);
  }

  /** Leads to a field: `witnesses[2].name`, or to its list if it is not on screen. */
  jump(path: string): void {
    const place =
      document.querySelector(`[data-field="${CSS.escape(path)}"]`) ??
      document.querySelector(`[data-field="${CSS.escape(path.split('[')[0]!)}"]`);
    if (!place) return;
    place.scrollIntoView({ block: 'center', behavior: 'smooth' });
    place.querySelector<HTMLElement>('input, textarea, select, button')?.focus({ preventScroll: true });
  }
}

function isFilled(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return typeof value === 'string' ? value.trim() !== '' : value !== null && value !== undefined;
}
