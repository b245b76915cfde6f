// Serves a built folder under the content security policy of tauri.conf.json, so that what the window would refuse
// is refused here too.
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** The policy of the window, as the shell ships it. */
export function contentSecurityPolicy() {
  const file = fileURLToPath(new URL('../../tauri.conf.json', import.meta.url));
  return JSON.parse(readFileSync(file, 'utf8')).app.security.csp;
}

/**
 * Serves `folder` on a free loopback port; `answer(request, body)` may answer POSTs with { status, json }.
 * Resolves to { url, close }.
 */
export async function serve(folder, answer) {
  const policy = contentSecurityPolicy();
  const server = createServer(async (request, response) => {
    if (request.method === 'POST' && answer) {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const { status, json } = await answer(request.url, Buffer.concat(chunks));
      response.writeHead(status, { 'content-type': 'application/json' });
      return response.end(JSON.stringify(json));
    }
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname));
    const file = join(folder, path === '/' ? 'index.html' : path);
    if (!existsSync(file) || !statSync(file).isFile()) return response.writeHead(404).end();
    response.writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': policy,
    });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}
