// A remark that appears when a field is left pushes the page down. If it was left by pressing a button, the button must
// not move away before it is released, or the click would be lost.

let pressed = false;
let waiting: (() => void)[] = [];

function release() {
  pressed = false;
  const due = waiting;
  waiting = [];
  // After the click that follows the release.
  setTimeout(() => due.forEach((work) => work()));
}

window.addEventListener('pointerdown', () => (pressed = true), { capture: true });
window.addEventListener('pointerup', release, { capture: true });
window.addEventListener('pointercancel', release, { capture: true });

/** Does something at once, or after the pointer is released if it is held down. */
export function afterPress(work: () => void): void {
  if (pressed) waiting.push(work);
  else work();
}
