import type { HistoryEntry, RecordChanges } from '@bindings';
import { expect, test } from 'vitest';
import { daysOf, nameOf } from './days';
import { meeting, NOBODY } from './met';
import { groupsOf, isMany, isTechnical } from './parts';

const entry = (written_at: string, seq: number) => ({ written_at, seq, lane: 'ab' }) as HistoryEntry;

test('saves stand under the day of WIT, in their order', () => {
  const days = daysOf([
    entry('2024-02-14T15:30:00Z', 4),
    entry('2024-02-14T14:30:00Z', 3),
    entry('2099-01-01T00:00:00Z', 2),
    entry('2024-02-14T00:00:00Z', 1),
  ]);
  expect(days.map(({ date, entries }) => [date, entries.map(({ seq }) => seq)])).toEqual([
    ['2024-02-15', [4]],
    ['2024-02-14', [3]],
    ['2099-01-01', [2]],
    ['2024-02-14', [1]],
  ]);
  expect(nameOf(entry('', 7))).toBe('ab:7');
});

const part = (list: string, fate: RecordChanges['fate']) => ({ list, fate, changes: [] }) as unknown as RecordChanges;

test('parts that went the same way stand together', () => {
  const groups = groupsOf([
    part('witnesses', 'added'),
    ...Array.from({ length: 7 }, () => part('attendees', 'added')),
    part('witnesses', 'removed'),
    part('witnesses', 'added'),
  ]);
  expect(groups.map(({ list, fate, parts }) => [list, fate, parts.length])).toEqual([
    ['witnesses', 'added', 2],
    ['attendees', 'added', 7],
    ['witnesses', 'removed', 1],
  ]);
  expect(groups.map(isMany)).toEqual([false, true, false]);
});

test.each([
  ['attachment', 'sha256', true],
  ['attachment', 'caption', false],
  ['finding', 'event', false],
  [null, null, false],
])('%s.%s', (kind, field, technical) => {
  expect(isTechnical(kind, field)).toBe(technical);
});

test('the filters offer whom and what was met, each once', () => {
  const saved = (author_id: string, author: string, changes: unknown[]) =>
    ({ author_id, author, changes }) as HistoryEntry;
  const edit = { list: null, changes: [{ did: 'set', field: 'event' }, { did: 'moved' }, { did: 'deleted' }] };
  const first = meeting(NOBODY, [saved('1', 'Ana', [edit]), saved('2', '', [part('witnesses', 'added')])]);
  const met = meeting(first, [saved('1', 'Ana', [edit, part('witnesses', 'removed')])]);
  expect(met).toEqual({
    people: [
      ['1', 'Ana'],
      ['2', ''],
    ],
    fields: ['event', 'status', 'witnesses'],
  });
});
