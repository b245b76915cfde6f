// The web host of tests: the same commands over HTTP, never shipped.
import type { Transport } from './transport';

async function answered(response: Response): Promise<Response> {
  if (response.ok) return response;
  const body = await response.text();
  let reply: unknown = body || response.statusText;
  try {
    reply = JSON.parse(body);
  } catch {
    // Not a reply of ours, such as a proxy's page; its text is the best there is.
  }
  throw reply;
}

export const web: Transport = {
  call: async (name, args) => {
    const response = await fetch('/call', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name, args }),
    });
    return (await answered(response)).json();
  },
  upload: async (bytes) => {
    const response = await fetch('/upload', { method: 'POST', body: new Blob([bytes as Uint8Array<ArrayBuffer>]) });
    return (await answered(response)).json();
  },
  download: async (blob) => new Uint8Array(await (await answered(await fetch(`/download/${blob}`))).arrayBuffer()),
  saveCopy: async (source, fileName) => {
    const response = await fetch('/copy', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(source),
    });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(await (await answered(response)).blob());
    link.download = fileName;
    link.click();
    URL.revokeObjectURL(link.href);
    return true;
  },
  chooseStick: async () => (await answered(await fetch('/stick', { method: 'POST' }))).json(),
};
