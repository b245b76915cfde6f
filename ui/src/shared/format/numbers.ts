// Numbers as the language on screen writes them: 1.234,5 in Indonesian, 1,234.5 in English.
import { locale } from '@shared/i18n/index.svelte';

/** A number with grouped thousands. */
export function formatNumber(value: number, fractionDigits = 0): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: fractionDigits }).format(value);
}

/** A share between 0 and 1 as a whole percentage. */
export function formatPercent(share: number): string {
  return new Intl.NumberFormat(locale(), { style: 'percent', maximumFractionDigits: 0 }).format(share);
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

/** A size in bytes, decimal units, at most one digit after the comma. */
export function formatBytes(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 999.5 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${formatNumber(size, unit > 0 && size < 100 ? 1 : 0)} ${UNITS[unit]}`;
}

/** Digits in groups, as identity numbers are read aloud; text that does not fit the groups stays as it is. */
export function groupDigits(text: string, sizes: readonly number[]): string {
  const digits = text.replace(/\s/g, '');
  if (!/^\d+$/.test(digits) || digits.length !== sizes.reduce((sum, size) => sum + size, 0)) return text;
  let from = 0;
  return sizes.map((size) => digits.slice(from, (from += size))).join(' ');
}
