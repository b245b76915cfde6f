// The daftar hadir on screen: its rows, the draft that keeps them safe, storing them, and taking imports in.
import {
  attendance_accept,
  attendance_read,
  attendance_save,
  draft_discard,
  draft_put,
  draft_read,
  type AcceptAttendance,
  type AttendanceInput,
  type AttendanceList,
  type Attendee,
  type SaveAttendance,
  type Seen,
} from '@bindings';
import { asHostError, type HostError } from '@host';
import { dateOf } from '@shared/format/dates';
import { setSaving } from '@shared/saving.svelte';
import { refreshStatus } from '../views/shell/status.svelte';
import { isBlank, newAttendee, people, withStaffNumber } from './attendee';
import { DuplicateIndex } from './duplicates';
import { totalsOf } from './totals';
import { withoutImport } from './without-import';

/** A crash costs a word; in a long list, which takes longer to write out, a row. */
const KEEP_AFTER_MS = 600;
const KEEP_AFTER_MS_PER_ROW = 0.4;
/** Totals follow when the hand rests, so that half a word is not counted as an agency. */
const SETTLE_AFTER_MS = 250;

export class AttendanceSheet {
  readonly event: string;

  phase = $state<'loading' | 'ready' | 'failed'>('loading');
  /** Why the list could not be opened. */
  failure = $state.raw<HostError | null>(null);
  /** Why the last thing the officer asked for did not happen. */
  trouble = $state.raw<HostError | null>(null);
  /** Why the draft is not kept at the moment. */
  unkept = $state.raw<HostError | null>(null);
  busy = $state(false);

  /** The list as it is stored. */
  stored = $state.raw<AttendanceList | null>(null);
  /** Whether the person at this laptop may change it. */
  readonly writable = $derived(this.stored?.meta.access === 'write');
  /**
   * What is on screen; the last row is always a blank one to type into. Rows are replaced, never changed, so that five
   * thousand of them cost nothing while one is typed.
   */
  rows = $state.raw<readonly Attendee[]>([]);
  /** A draft that was found when the list was opened. */
  resumed = $state.raw<{ at: string; overtaken: boolean } | null>(null);
  /** Whether there is anything to store. */
  changed = $state(false);
  /** Whether the last change was a removal that can be taken back. */
  restorable = $state.raw<{ attendee: Attendee; row: number } | null>(null);

  /** The rows as they were when the hand last rested. */
  #settled = $state.raw<readonly Attendee[]>([]);
  readonly totals = $derived(totalsOf(people(this.#settled)));
  readonly index = $derived(new DuplicateIndex(this.#settled));
  /** Rows that may be there twice, by id. */
  readonly duplicates = $derived(this.index.all());

  #seen: Seen<Attendee[]> | null = null;
  #keepTimer: ReturnType<typeof setTimeout> | undefined;
  #settleTimer: ReturnType<typeof setTimeout> | undefined;
  /** Drafts are written one after the other; an older one must never land on a newer one. */
  #keeping: Promise<void> = Promise.resolve();
  #keptRows: readonly Attendee[] | null = null;
  #left = false;

  constructor(event: string) {
    this.event = event;
    void this.load();
  }

  /** Opens the list: the draft wins over what is stored. */
  async load(): Promise<void> {
    this.phase = 'loading';
    try {
      const [list, draft] = await Promise.all([
        attendance_read({ id: this.event }),
        draft_read({ subject: 'attendance', id: this.event }),
      ]);
      this.#take(list);
      if (draft) {
        const { attendees, seen } = draft.content as SaveAttendance;
        this.#seen = seen;
        this.#show(attendees);
        this.changed = true;
        this.resumed = { at: draft.saved_at, overtaken: seen.version !== list.meta.version };
        setSaving({ state: 'saved', at: draft.saved_at });
      }
      this.phase = 'ready';
    } catch (thrown) {
      this.failure = asHostError(thrown);
      this.phase = 'failed';
    }
  }

  /** Shows the list as it is stored. */
  #take(list: AttendanceList): void {
    this.stored = list;
    this.#seen = { record: list.attendees, version: list.meta.version };
    this.#show(list.attendees);
    this.changed = false;
    this.resumed = null;
  }

  #show(attendees: readonly Attendee[]): void {
    this.rows = [...attendees, newAttendee()];
    this.#settled = this.rows;
    this.#keptRows = this.rows;
    this.restorable = null;
  }

  #set(rows: readonly Attendee[]): void {
    const last = rows.at(-1);
    this.rows = last && isBlank(last) ? rows : [...rows, newAttendee()];
    this.changed = true;
    clearTimeout(this.#settleTimer);
    this.#settleTimer = setTimeout(() => (this.#settled = this.rows), SETTLE_AFTER_MS);
    // Not put off by further typing: whoever types without pause must be safe too.
    this.#keepTimer ??= setTimeout(() => this.keep(), KEEP_AFTER_MS + rows.length * KEEP_AFTER_MS_PER_ROW);
  }

  /** Writes into a row. */
  write(row: number, fields: Partial<Attendee>): void {
    const attendee = this.rows[row];
    if (!attendee || !this.writable) return;
    this.restorable = null;
    const { staff_number, ...others } = fields;
    const numbered = staff_number === undefined ? attendee : withStaffNumber(attendee, staff_number, today());
    this.#set(this.rows.with(row, { ...numbered, ...others }));
  }

  /** Opens a blank row. */
  insert(row: number): void {
    if (!this.writable) return;
    this.restorable = null;
    this.#set(this.rows.toSpliced(row, 0, newAttendee()));
  }

  /** Takes a row off the list. */
  remove(row: number): void {
    const attendee = this.rows[row];
    if (!attendee || !this.writable || (isBlank(attendee) && row === this.rows.length - 1)) return;
    this.#set(this.rows.toSpliced(row, 1));
    if (!isBlank(attendee)) this.restorable = { attendee, row };
  }

  /** Brings the removed row back. */
  restore(removed: { attendee: Attendee; row: number }): void {
    if (this.rows.some(({ id }) => id === removed.attendee.id)) return;
    this.restorable = null;
    this.#set(this.rows.toSpliced(Math.min(removed.row, this.rows.length - 1), 0, removed.attendee));
  }

  /** The people on screen, as an import is compared with them. */
  people(): Attendee[] {
    return people(this.rows);
  }

  #content(): SaveAttendance {
    // Until the list is read there is nothing on screen that could be stored.
    const seen = this.#seen ?? { record: [], version: '' };
    return { event: this.event, attendees: this.people(), seen };
  }

  /** Keeps what is on screen as a draft. */
  keep(): void {
    clearTimeout(this.#keepTimer);
    this.#keepTimer = undefined;
    this.#keeping = this.#keeping.then(() => this.#keepRows());
  }

  async #keepRows(): Promise<void> {
    const rows = this.rows;
    if (!this.changed || rows === this.#keptRows) return;
    this.#say({ state: 'saving' });
    try {
      const { saved_at } = await draft_put({
        subject: 'attendance',
        id: this.event,
        kind: 'outreach_event',
        title: this.stored?.title ?? '',
        content: this.#content(),
      });
      this.#keptRows = rows;
      this.unkept = null;
      this.#say({ state: 'saved', at: saved_at });
    } catch (thrown) {
      this.unkept = asHostError(thrown);
      this.#say({ state: 'failed' });
    }
  }

  #say(state: Parameters<typeof setSaving>[0]): void {
    if (!this.#left) setSaving(state);
  }

  /** Does one thing at a time and shows why it failed. */
  async #attempt(work: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.trouble = null;
    // A draft on its way must not arrive after the storing that makes it needless.
    clearTimeout(this.#keepTimer);
    this.#keepTimer = undefined;
    await this.#keeping;
    try {
      await work();
      return true;
    } catch (thrown) {
      this.trouble = asHostError(thrown);
      this.keep();
      return false;
    } finally {
      this.busy = false;
      refreshStatus();
    }
  }

  /** Stores the list. */
  save(): Promise<boolean> {
    return this.#attempt(async () => {
      if (!this.changed) return;
      await this.#store((content) => attendance_save(content));
    });
  }

  /** Takes an import in, as decided in its preview, and stores the list; returns what takes it back. */
  async accept(
    input: AttendanceInput,
    decisions: AcceptAttendance['decisions'],
  ): Promise<(() => Promise<boolean>) | null> {
    const before = this.people();
    const done = await this.#attempt(() =>
      this.#store((content) => attendance_accept({ ...content, input, decisions })),
    );
    if (!done) return null;
    const after = this.people();
    return () => {
      this.#set(withoutImport(this.people(), before, after));
      return this.save();
    };
  }

  async #store(send: (content: SaveAttendance) => Promise<AttendanceList>): Promise<void> {
    const rows = this.rows;
    const content = this.#content();
    const list = await send(content);
    if (this.rows === rows) {
      this.#take(list);
      this.#say({ state: 'saved', at: Date.now() });
      return;
    }
    // Someone typed on while it was being stored: those rows are the next change, made on what was sent.
    this.stored = list;
    this.#seen = { record: content.attendees, version: list.meta.version };
    this.keep();
  }

  /** Throws the draft away and shows what is stored; returns what brings it back. */
  async discardDraft(): Promise<(() => void) | null> {
    const { rows } = this;
    const [seen, stored] = [this.#seen, this.stored];
    const done = await this.#attempt(async () => {
      await draft_discard({ subject: 'attendance', id: this.event });
      if (stored) this.#take(stored);
      setSaving(null);
    });
    if (!done) return null;
    return () => {
      this.#seen = seen;
      this.#set(rows);
      this.#settled = this.rows;
    };
  }

  /** Called when the screen is left. */
  leave(): void {
    clearTimeout(this.#settleTimer);
    this.keep();
    this.#left = true;
    setSaving(null);
  }
}

/** The day in the office's time zone, by which numbers are judged. */
const today = () => dateOf(Date.now());
