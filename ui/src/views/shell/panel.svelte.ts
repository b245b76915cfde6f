// The place at the right for detail and history. One view at a time uses it, through RightPanel.
import type { Snippet } from 'svelte';

export interface PanelContent {
  title: string;
  children: Snippet;
  footer?: Snippet;
  onclose?: () => void;
}

let content = $state.raw<PanelContent | null>(null);

export function panel(): PanelContent | null {
  return content;
}

/** Shows content until the returned function is called. */
export function showPanel(next: PanelContent): () => void {
  content = next;
  return () => {
    if (content === next) content = null;
  };
}
