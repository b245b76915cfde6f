import type { Snippet } from 'svelte';

/** A column of a Table. */
export interface Column<Row> {
  key: string;
  label: string;
  /** The cell's text; `cell` draws it instead where text is not enough. */
  text?: (row: Row) => string;
  cell?: Snippet<[row: Row]>;
  align?: 'start' | 'end';
  /** A CSS width; columns without one share the rest. */
  width?: string;
  sortable?: boolean;
}

export interface Sorting {
  key: string;
  direction: 'ascending' | 'descending';
}

/** Where a page of rows lies; paging itself happens in SQL. */
export interface Paging {
  /** The number of the first row, from 1. */
  first: number;
  /** All rows there are, when that is known. */
  total?: number;
  hasPrevious: boolean;
  hasNext: boolean;
}
