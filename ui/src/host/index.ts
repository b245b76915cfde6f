// The only door between the screens and the program behind them. Nothing outside this folder imports @tauri-apps/*.
import type { ChosenStick, CopySource } from '@bindings';
import { desktop } from './desktop';
import { asHostError } from './error';
import type { Transport, Uploaded } from './transport';
import { web } from './web';

export { HostError, asHostError } from './error';
export type { Uploaded } from './transport';

const transport: Transport = '__TAURI_INTERNALS__' in window ? desktop : web;

async function failingAsHostError<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (thrown) {
    throw asHostError(thrown);
  }
}

/** Runs a command of `app`. Rejects with a HostError whose text can be shown as it is. */
export function call<Result = void>(name: string, args: object = {}): Promise<Result> {
  return failingAsHostError(transport.call(name, args) as Promise<Result>);
}

/** Stores an attachment's bytes; the name that comes back names them for ever. */
export function upload(bytes: Uint8Array): Promise<Uploaded> {
  return failingAsHostError(transport.upload(bytes));
}

/** The bytes of an attachment or issued document. */
export function download(blob: string): Promise<Uint8Array<ArrayBuffer>> {
  return failingAsHostError(transport.download(blob));
}

/** Saves a copy where the officer wants it; false when the dialog was closed without a choice. */
export function saveCopy(source: CopySource, fileName: string): Promise<boolean> {
  return failingAsHostError(transport.saveCopy(source, fileName));
}

/** Lets the officer choose a stick or a folder; null when the dialog was closed without a choice. */
export function chooseStick(): Promise<ChosenStick | null> {
  return failingAsHostError(transport.chooseStick());
}
