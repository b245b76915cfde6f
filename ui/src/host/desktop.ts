// The desktop shell. Bytes travel as raw bodies, never as JSON arrays: a photo would grow fourfold.
import { invoke } from '@tauri-apps/api/core';
import type { ChosenStick } from '@bindings';
import type { Transport, Uploaded } from './transport';

export const desktop: Transport = {
  call: (name, args) => invoke('call', { name, args }),
  upload: (bytes) => invoke<Uploaded>('upload', bytes),
  download: async (blob) => new Uint8Array(await invoke<ArrayBuffer>('download', { blob })),
  saveCopy: (source, fileName) => invoke<boolean>('save_copy', { source, fileName }),
  chooseStick: () => invoke<ChosenStick | null>('choose_stick'),
};
