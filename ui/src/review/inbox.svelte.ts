// Records of every kind that stand at one step of their workflow.
import { record_list, type RecordKind, type RecordPage, type RecordRow } from '@bindings';
import { asHostError, type HostError } from '@host';

/** The kinds that are reviewed. */
const KINDS: readonly RecordKind[] = ['supervision_report', 'finding', 'outreach_event'];

/** Where to go on in a kind: null at its beginning. */
interface Place {
  kind: RecordKind;
  after: string | null;
}

export class Inbox {
  readonly status: string;
  rows = $state.raw<readonly RecordRow[]>([]);
  /** How many there are in all; null before the first answer. */
  total = $state<number | null>(null);
  loading = $state(false);
  failure = $state.raw<HostError | null>(null);
  /** Where the kinds go on that are not at their end. */
  #next = $state.raw<readonly Place[]>([]);

  constructor(status: string) {
    this.status = status;
  }

  get hasMore(): boolean {
    return this.#next.length > 0;
  }

  /** Reads the first page of every kind. */
  async load(): Promise<void> {
    const pages = await this.#ask(KINDS.map((kind) => ({ kind, after: null })));
    if (!pages) return;
    this.total = pages.reduce((sum, { total }) => sum + total, 0);
    this.rows = newestFirst(pages.flatMap(({ rows }) => rows));
  }

  /** Reads the next page of the kinds that have one. */
  async more(): Promise<void> {
    const pages = await this.#ask(this.#next);
    if (pages) this.rows = newestFirst([...this.rows, ...pages.flatMap(({ rows }) => rows)]);
  }

  async #ask(places: readonly Place[]): Promise<RecordPage[] | null> {
    if (this.loading) return null;
    this.loading = true;
    this.failure = null;
    try {
      const pages = await Promise.all(
        places.map(({ kind, after }) => record_list({ kind, text: '', status: this.status, deleted: false, after })),
      );
      this.#next = places
        .map(({ kind }, at) => ({ kind, after: pages[at]?.next ?? null }))
        .filter(({ after }) => after !== null);
      return pages;
    } catch (thrown) {
      this.failure = asHostError(thrown);
      return null;
    } finally {
      this.loading = false;
    }
  }
}

const newestFirst = (rows: readonly RecordRow[]) =>
  [...rows].sort((one, other) => other.updated_at.localeCompare(one.updated_at));
