import type { ChosenStick, CopySource } from '@bindings';

/** What an upload was stored as. */
export interface Uploaded {
  /** The BLAKE3 hash that names the bytes, hexadecimal. */
  blob: string;
  byte_length: number;
}

/** How calls reach `app`: through the desktop shell, or through the web host that tests use. */
export interface Transport {
  /** Runs one command; rejects with whatever the other side sent. */
  call(name: string, args: unknown): Promise<unknown>;
  /** Stores an attachment's bytes. */
  upload(bytes: Uint8Array): Promise<Uploaded>;
  /** The bytes of an attachment or issued document. */
  download(blob: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Saves a copy where the officer wants it; false when the dialog was closed. */
  saveCopy(source: CopySource, fileName: string): Promise<boolean>;
  /** Lets the officer choose a stick or a folder; null when the dialog was closed. */
  chooseStick(): Promise<ChosenStick | null>;
}
