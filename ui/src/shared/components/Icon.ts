import type { LucideProps } from '@lucide/svelte';
import type { Component } from 'svelte';

/** An icon of @lucide/svelte, imported one by one: `import Plus from '@lucide/svelte/icons/plus'`. */
export type Icon = Component<LucideProps>;
