// Dates and times as offices here write them. Civil values travel as ISO text ("2024-02-14", "08:30:00"),
// moments as ISO text in UTC or as milliseconds since 1970; the zone is always named, never the computer's.
import { language, locale } from '@shared/i18n/index.svelte';

/** Waktu Indonesia Timur: Maluku and Maluku Utara, UTC+9, no daylight saving. */
export const ZONE = 'Asia/Jayapura';
export const ZONE_NAME = 'WIT';

export type DateStyle = 'short' | 'medium' | 'long';

const OPTIONS: Record<DateStyle, Intl.DateTimeFormatOptions> = {
  short: { day: '2-digit', month: '2-digit', year: 'numeric' },
  medium: { day: 'numeric', month: 'short', year: 'numeric' },
  long: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
};

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale()} ${zone} ${JSON.stringify(options)}`;
  let known = formatters.get(key);
  if (!known) {
    known = new Intl.DateTimeFormat(locale(), { ...options, timeZone: zone });
    formatters.set(key, known);
  }
  return known;
}

/** A civil date for people: short 14/02/2024, medium 14 Feb 2024, long Rabu, 14 Februari 2024. */
export function formatDate(date: string | null | undefined, style: DateStyle = 'medium'): string {
  const moment = date ? Date.parse(`${date.slice(0, 10)}T00:00:00Z`) : NaN;
  return Number.isNaN(moment) ? '' : formatter('UTC', OPTIONS[style]).format(moment);
}

/** A civil time of day: 08.30 in Indonesian, 08:30 in English. */
export function formatTime(time: string | null | undefined): string {
  if (!time) return '';
  return time.slice(0, 5).replace(':', language() === 'id' ? '.' : ':');
}

/** A moment: ISO text in UTC as the host sends it, or milliseconds since 1970. */
export type Moment = string | number;

// Swedish writes dates and times as ISO does.
const isoDate = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE });
const isoTime = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE, hour: '2-digit', minute: '2-digit' });

/** The civil date of a moment in WIT, as ISO text. */
export function dateOf(moment: Moment): string {
  return isoDate.format(new Date(moment));
}

/** The time of day of a moment in WIT, as people write it. */
export function timeOf(moment: Moment): string {
  return formatTime(isoTime.format(new Date(moment)));
}

/** A moment for people: 14 Feb 2024, 08.30 WIT. */
export function formatMoment(moment: Moment | null | undefined): string {
  if (moment === null || moment === undefined) return '';
  return `${formatDate(dateOf(moment))}, ${timeOf(moment)} ${ZONE_NAME}`;
}

/** Whole days from one civil date to another; negative when the second lies before the first. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'mei', 'jun', 'jul', 'agu', 'sep', 'okt', 'nov', 'des'];
const OTHER_MONTHS: Record<string, number> = { may: 5, aug: 8, agt: 8, ags: 8, oct: 10, nop: 11, dec: 12, peb: 2 };

/**
 * The civil date someone typed, or null: 14/2/2024, 14-02-24, 14.2, 140224, 14 Februari 2024, 2024-02-14.
 * Day first, always; a missing year is the year of `today`.
 */
export function parseDate(text: string, today: string): string | null {
  const typed = text.trim().toLowerCase();
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(typed);
  if (iso) return civil(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const run = /^(\d{2})(\d{2})(\d{4}|\d{2})$/.exec(typed);
  if (run) return civil(year(run[3]!), Number(run[2]), Number(run[1]));
  const parts = /^(\d{1,2})[\s./-]+(\d{1,2}|[a-z]{3,})\.?(?:[\s./-]+(\d{4}|\d{2}))?$/.exec(typed);
  if (!parts) return null;
  const month = /^\d/.test(parts[2]!) ? Number(parts[2]) : monthNamed(parts[2]!);
  return civil(parts[3] ? year(parts[3]) : Number(today.slice(0, 4)), month, Number(parts[1]));
}

const year = (digits: string) => (digits.length === 2 ? 2000 + Number(digits) : Number(digits));

function monthNamed(name: string): number {
  const start = name.slice(0, 3);
  return MONTHS.indexOf(start) + 1 || (OTHER_MONTHS[start] ?? 0);
}

function civil(year: number, month: number, day: number): string | null {
  const date = new Date(Date.UTC(year, month - 1, day));
  // Date.UTC would turn 31 April into 1 May; a date that was not meant is worse than none.
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  return date.toISOString().slice(0, 10);
}

/** The time of day someone typed, as 08:30:00, or null: 8, 830, 0830, 8.30, 08:30. */
export function parseTime(text: string): string | null {
  const typed = /^(\d{1,2})(?:[.:,\s]?(\d{2}))?$/.exec(text.trim());
  if (!typed) return null;
  const [hour, minute] = [Number(typed[1]), Number(typed[2] ?? 0)];
  if (hour > 23 || minute > 59) return null;
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}:00`;
}
