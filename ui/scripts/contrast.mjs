// Measures the contrast (WCAG 2.2, 1.4.3 and 1.4.11) of every pair of tokens that meets on screen, light and dark.
import { readFileSync } from 'node:fs';

const css = readFileSync(new URL('../src/shared/styles/tokens.css', import.meta.url), 'utf8');
const tokens = new Map();
for (const [, name, light, dark] of css.matchAll(/--([\w-]+):\s*light-dark\((#\w{6}),\s*(#\w{6})\)/g)) {
  // The first definition is the ordinary one; later ones serve people who asked for more contrast.
  if (!tokens.has(name)) tokens.set(name, { light, dark });
}
for (const [, name, both] of css.matchAll(/--([\w-]+):\s*(#\w{6});/g)) tokens.set(name, { light: both, dark: both });

/** [foreground, backgrounds, least ratio]: 4.5 for text, 3 for the edges of controls. */
const PAIRS = [
  ['text', ['canvas', 'surface', 'sunken', 'hover', 'brand-soft', 'nutmeg-soft', 'clove-soft', 'red-soft'], 4.5],
  [
    'text-muted',
    ['canvas', 'surface', 'sunken', 'chip', 'hover', 'brand-soft', 'nutmeg-soft', 'clove-soft', 'red-soft'],
    4.5,
  ],
  ['text-faint', ['canvas', 'surface'], 4.5],
  ['brand', ['canvas', 'surface', 'sunken', 'hover', 'brand-soft'], 4.5],
  ['clove', ['canvas', 'surface', 'clove-soft'], 4.5],
  ['nutmeg', ['canvas', 'surface', 'nutmeg-soft'], 4.5],
  ['red', ['canvas', 'surface', 'red-soft', 'hover'], 4.5],
  ['on-brand', ['brand-solid', 'brand-solid-hover', 'red-solid', 'red-solid-hover'], 4.5],
  ['on-nutmeg', ['nutmeg-solid'], 4.5],
  ['rail-text', ['rail', 'rail-hover', 'rail-current'], 4.5],
  ['rail-text-muted', ['rail', 'rail-hover'], 4.5],
  ['line-strong', ['surface', 'canvas'], 3],
  ['focus', ['surface', 'canvas', 'sunken'], 3],
];

function luminance(hex) {
  const [r, g, b] = [1, 3, 5]
    .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const ratio = (a, b) => {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
};

let failed = false;
for (const [foreground, backgrounds, least] of PAIRS) {
  for (const background of backgrounds) {
    for (const theme of ['light', 'dark']) {
      const measured = ratio(tokens.get(foreground)[theme], tokens.get(background)[theme]);
      if (process.argv.includes('--all')) console.log(theme, foreground, background, measured.toFixed(2));
      if (measured < least) {
        failed = true;
        console.error(`${theme}: ${foreground} on ${background} is ${measured.toFixed(2)}, needs ${least}`);
      }
    }
  }
}
process.exit(failed ? 1 : 0);
