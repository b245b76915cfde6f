import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

/** Folders of the domain areas; they may use shared and host, never each other's views or the desktop shell's API. */
const onlyTheHostKnowsTauri = {
  patterns: [
    { group: ['@tauri-apps/*'], message: 'Only src/host may know the desktop shell; use call, upload, download.' },
  ],
};

export default ts.config(
  { ignores: ['dist/', 'dist-gallery/', 'src/bindings/', 'src/shared/i18n/keys.ts'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.browser } } },
  { files: ['scripts/**', '*.config.*'], languageOptions: { globals: { ...globals.node } } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig } },
  },
  {
    rules: {
      'svelte/no-at-html-tags': 'error',
      'svelte/no-navigation-without-resolve': 'off',
      // The content security policy refuses style attributes; style: directives and classes go through the CSSOM.
      'no-restricted-syntax': [
        'error',
        { selector: "SvelteAttribute[key.name='style']", message: 'Use a class or a style: directive.' },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-console': 'error',
      'no-restricted-imports': ['error', onlyTheHostKnowsTauri],
      'no-restricted-properties': [
        'error',
        { object: 'navigator', property: 'language', message: 'WebKitGTK reports tags Intl rejects; use locale().' },
      ],
    },
  },
  { files: ['scripts/**', '*.config.*'], rules: { 'no-console': 'off' } },
  {
    // The lower tier knows no domain: it never reaches up.
    files: ['src/shared/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            ...onlyTheHostKnowsTauri.patterns,
            {
              group: ['@host', '@host/*', '@bindings', '**/views/**', '**/host/**', '**/bindings/**'],
              message: 'src/shared knows no domain and no host.',
            },
          ],
        },
      ],
    },
  },
  { files: ['src/host/**'], rules: { 'no-restricted-imports': 'off' } },
);
