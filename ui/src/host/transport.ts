/** How calls reach `app`: through the desktop shell, or through the web host that tests use. */
export interface Transport {
  /** Runs one command; rejects with whatever the other side sent. */
  call(name: string, args: unknown): Promise<unknown>;
  /** Stores an attachment's bytes and returns the hash that names them. */
  upload(bytes: Uint8Array): Promise<string>;
  /** The bytes of an attachment or issued document. */
  download(hash: string): Promise<Uint8Array<ArrayBuffer>>;
}
