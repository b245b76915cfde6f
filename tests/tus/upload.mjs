// Uploads a file with tus-js-client, stopping once on the way, as a scanner's script would:
//   node upload.mjs ENDPOINT TOKEN FILE
// NODE_EXTRA_CA_CERTS names the province's certificate. Prints where each of the two tries stood at its end.
import { readFile } from 'node:fs/promises';
import { blake3 } from '@noble/hashes/blake3.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { Upload } from 'tus-js-client';

const [endpoint, token, path] = process.argv.slice(2);
const file = await readFile(path);
const half = file.length / 2;

await new Promise((resolve, reject) => {
  let reached = 0;
  const upload = new Upload(file, {
    endpoint,
    headers: { Authorization: `Bearer ${token}` },
    metadata: { filename: 'pindaian.jpg', blake3: bytesToHex(blake3(file)) },
    chunkSize: 64 * 1024,
    retryDelays: [],
    onChunkComplete: async (_, accepted) => {
      if (reached > 0 || accepted < half) return;
      reached = accepted;
      await upload.abort();
      upload.start();
    },
    onSuccess: () => {
      console.log(`${reached} ${file.length}`);
      resolve();
    },
    onError: reject,
  });
  upload.start();
});
