// The desktop shell. Bytes travel as raw bodies, never as JSON arrays: a photo would grow fourfold.
import { invoke } from '@tauri-apps/api/core';
import type { Transport } from './transport';

export const desktop: Transport = {
  call: (name, args) => invoke('call', { name, args }),
  upload: (bytes) => invoke<string>('upload', bytes),
  download: async (hash) => new Uint8Array(await invoke<ArrayBuffer>('download', { hash })),
};
