// Fails on words written into a component: every text a person reads comes from the message catalogue.
import { readFileSync, readdirSync } from 'node:fs';
import { join, dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'svelte/compiler';

const root = join(dirname(fileURLToPath(import.meta.url)), '../src');
/** Attributes and component properties whose value is read or heard by a person. */
const SPOKEN = new Set(['alt', 'title', 'label', 'placeholder', 'aria-label', 'aria-description', 'hint', 'message']);
const WORD = /\p{L}{2,}/u;
/** Names and keys are the same in every language. */
const NAMES = /^(Arumbae|Bawaslu|WIT|(Alt|Ctrl|Shift)\+)$/;

const failures = [];

function visit(node, file, source) {
  if (node === null || typeof node !== 'object') return;
  if (Array.isArray(node)) return node.forEach((child) => visit(child, file, source));
  if (node.type === 'Attribute' && !SPOKEN.has(node.name)) {
    if (Array.isArray(node.value)) return;
    return visit(node.value, file, source);
  }
  if (node.type === 'Text') {
    const words = node.data.trim();
    if (WORD.test(words) && !NAMES.test(words)) {
      const line = source.slice(0, node.start).split('\n').length;
      failures.push(`${relative(root, file)}:${line}: "${words.slice(0, 60)}" belongs into assets/messages`);
    }
    return;
  }
  for (const [key, child] of Object.entries(node)) if (key !== 'metadata') visit(child, file, source);
}

for (const entry of readdirSync(root, { recursive: true })) {
  const file = join(root, entry);
  // The gallery shows components to developers and is never shipped.
  if (!file.endsWith('.svelte') || entry.startsWith('gallery')) continue;
  const source = readFileSync(file, 'utf8');
  visit(parse(source, { modern: true }).fragment, file, source);
}

if (failures.length > 0) {
  console.error(failures.join('\n'));
  process.exit(1);
}
