// Light, dark, or as the system says; remembered on this device because it is needed before the store opens.
export type Theme = 'system' | 'light' | 'dark';
export const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

const REMEMBERED = 'arumbae.theme';
const stored = localStorage.getItem(REMEMBERED);
let current = $state<Theme>(THEMES.find((known) => known === stored) ?? 'system');

/** The chosen theme. */
export function theme(): Theme {
  return current;
}

/** Applies a theme at once and remembers it. */
export function setTheme(chosen: Theme): void {
  current = chosen;
  localStorage.setItem(REMEMBERED, chosen);
  if (chosen === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}

/** Puts the remembered theme on the page; called once, before anything is drawn. */
export function applyRememberedTheme(): void {
  setTheme(current);
}
