// PDF pages drawn inside the program by pdf.js, which is loaded when the first document is shown.
import type { PDFDocumentProxy } from 'pdfjs-dist';

export type { PDFDocumentProxy } from 'pdfjs-dist';

async function load() {
  const pdfjs = await import('pdfjs-dist/legacy/build/pdf.mjs');
  const port = new Worker(new URL('pdfjs-dist/legacy/build/pdf.worker.mjs', import.meta.url), { type: 'module' });
  // Its types know only the absence of a port.
  return { pdfjs, worker: new pdfjs.PDFWorker({ port: port as unknown as null }) };
}

let loading: ReturnType<typeof load> | undefined;

function loaded(): ReturnType<typeof load> {
  loading ??= load();
  // A failed loading is tried again next time.
  loading.catch(() => (loading = undefined));
  return loading;
}

/** An opened PDF; `close` gives its memory back. */
export interface OpenPdf {
  pdf: PDFDocumentProxy;
  close: () => void;
}

/** Opens a PDF. The content security policy allows neither eval nor WebAssembly nor anything fetched. */
export async function openPdf(bytes: Uint8Array): Promise<OpenPdf> {
  const { pdfjs, worker } = await loaded();
  const opening = pdfjs.getDocument({
    // The worker takes the bytes for itself; the caller keeps its own.
    data: bytes.slice(),
    worker,
    isEvalSupported: false,
    useWasm: false,
    useWorkerFetch: false,
    enableXfa: false,
  });
  return { pdf: await opening.promise, close: () => void opening.destroy() };
}

/** Draws one page and the invisible text over it that can be selected and read aloud; replaces what was in `holder`. */
export function drawPage(pdf: PDFDocumentProxy, number: number, scale: number, holder: HTMLElement) {
  let cancel: (() => void) | undefined;
  let gone = false;
  async function draw(): Promise<void> {
    const [{ pdfjs }, page] = await Promise.all([loaded(), pdf.getPage(number)]);
    if (gone) return;
    const viewport = page.getViewport({ scale });
    const canvas = document.createElement('canvas');
    const density = densityFor(viewport.width * viewport.height);
    canvas.width = Math.round(viewport.width) * density;
    canvas.height = Math.round(viewport.height) * density;
    const rendering = page.render({ canvas, viewport, transform: [density, 0, 0, density, 0, 0] });
    cancel = () => rendering.cancel();
    await rendering.promise;
    if (gone) return;
    const words = document.createElement('div');
    words.className = 'words';
    holder.style.setProperty('--total-scale-factor', String(scale));
    holder.replaceChildren(canvas, words);
    const layer = new pdfjs.TextLayer({ textContentSource: page.streamTextContent(), container: words, viewport });
    cancel = () => layer.cancel();
    await layer.render();
  }
  return {
    // What is broken off on purpose has not failed.
    done: draw().catch((thrown: unknown) => {
      if (!gone) throw thrown;
    }),
    stop() {
      gone = true;
      cancel?.();
    },
  };
}

/** Gives a drawn page's memory back. */
export function erasePage(holder: HTMLElement): void {
  holder.replaceChildren();
}

/** Webviews refuse canvases of more pixels, without saying so. */
const MOST_PIXELS = 16_000_000;

const densityFor = (area: number) => Math.min(window.devicePixelRatio || 1, Math.sqrt(MOST_PIXELS / area));
