// Short messages after something was done, with a way back where there is one.

export interface Toast {
  readonly id: number;
  message: string;
  tone: 'plain' | 'error';
  /** Takes back what was just done. */
  undo?: () => void;
}

/** Long enough to read and to reach for "urungkan". */
const SHOWN_MS = 7000;

let nextId = 0;
const shown = $state<Toast[]>([]);
const timers: Record<number, ReturnType<typeof setTimeout>> = {};

/** The messages on screen, oldest first. */
export function toasts(): readonly Toast[] {
  return shown;
}

/** Shows a message; errors stay until closed. */
export function showToast(message: string, options: { tone?: Toast['tone']; undo?: () => void } = {}): void {
  // The same said twice is said once; what can be taken back is never the same.
  const again = shown.find((toast) => toast.message === message && !toast.undo && !options.undo);
  if (again) closeToast(again.id);
  const toast: Toast = { id: nextId++, message, tone: options.tone ?? 'plain', undo: options.undo };
  shown.push(toast);
  if (shown.length > 3) closeToast(shown[0]!.id);
  if (toast.tone !== 'error') resumeToast(toast.id);
}

/** Keeps a message while someone reads it or has the keyboard on it. */
export function holdToast(id: number): void {
  clearTimeout(timers[id]);
}

/** Lets a held message go in its time. */
export function resumeToast(id: number): void {
  holdToast(id);
  timers[id] = setTimeout(() => closeToast(id), SHOWN_MS);
}

export function closeToast(id: number): void {
  holdToast(id);
  delete timers[id];
  const at = shown.findIndex((toast) => toast.id === id);
  if (at >= 0) shown.splice(at, 1);
}
