// Texts from the Fluent catalogue in assets/messages, which screen and paper share.
import { FluentBundle, FluentResource, type FluentVariable } from '@fluent/bundle';
import type { MessageArguments, PlainKey } from './keys';

export type { MessageArguments, PlainKey } from './keys';
/** Any message of the catalogue. */
export type MessageKey = PlainKey | keyof MessageArguments;
export type Language = 'id' | 'en';
export const LANGUAGES: readonly Language[] = ['id', 'en'];

// Fixed tags: what the webview reports as its own language is sometimes no valid tag, and Intl then throws.
const LOCALES: Record<Language, string> = { id: 'id-ID', en: 'en-GB' };
const REMEMBERED = 'arumbae.language';

const files = import.meta.glob<string>('../../../../assets/messages/*/*.ftl', {
  query: '?raw',
  import: 'default',
  eager: true,
});

function bundleOf(language: Language): FluentBundle {
  // Isolation marks would be copied along with names and numbers; both languages are written left to right.
  const bundle = new FluentBundle(LOCALES[language], { useIsolating: false });
  for (const [path, source] of Object.entries(files)) {
    if (path.includes(`/messages/${language}/`)) bundle.addResource(new FluentResource(source));
  }
  return bundle;
}

const bundles: Record<Language, FluentBundle> = { id: bundleOf('id'), en: bundleOf('en') };

function remembered(): Language {
  const stored = globalThis.localStorage?.getItem(REMEMBERED);
  return LANGUAGES.find((known) => known === stored) ?? 'id';
}

let current = $state<Language>(remembered());

/** The language on screen; reading it in a component makes the component follow a switch. */
export function language(): Language {
  return current;
}

/** The locale for Intl, always one it knows. */
export function locale(): string {
  return LOCALES[current];
}

/** Switches the language at once, without a restart, and remembers it on this device. */
export function setLanguage(chosen: Language): void {
  current = chosen;
  globalThis.localStorage?.setItem(REMEMBERED, chosen);
  if (globalThis.document) document.documentElement.lang = chosen;
}

/** The text of a message. Missing keys, missing arguments and unknown keys are type errors. */
export function t(key: PlainKey): string;
export function t<Key extends keyof MessageArguments>(key: Key, args: MessageArguments[Key]): string;
export function t(key: string, args?: Record<string, FluentVariable>): string {
  return translate(key, args);
}

/** The text of a message whose key comes from outside, such as a validation problem; an unknown key is shown as it is. */
export function translate(key: string, args?: Record<string, FluentVariable>): string {
  const bundle = bundles[current];
  const message = bundle.getMessage(key);
  if (!message?.value) return key;
  return bundle.formatPattern(message.value, args, []);
}

/** Whether the catalogue has this message. */
export function hasMessage(key: string): boolean {
  return bundles[current].hasMessage(key);
}
