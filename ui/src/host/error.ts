// The one shape in which anything can fail across the host boundary.

/** What the host says went wrong: a code to branch on, a sentence, what to do, and a reference to quote. */
export interface ErrorReply {
  code: string;
  message: string;
  hint: string;
  /** What the words were made with, such as the seconds to wait. */
  args?: Record<string, string>;
  reference: string;
}

/** Thrown by every function of the host. */
export class HostError extends Error {
  readonly code: string;
  readonly hint: string;
  readonly args: Readonly<Record<string, string>>;
  readonly reference: string;

  constructor(reply: ErrorReply) {
    super(reply.message);
    this.name = 'HostError';
    this.code = reply.code;
    this.hint = reply.hint;
    this.args = reply.args ?? {};
    this.reference = reply.reference;
  }
}

/** Whatever was thrown, as a HostError; text that is no reply becomes its message, so nothing is swallowed. */
export function asHostError(thrown: unknown): HostError {
  if (thrown instanceof HostError) return thrown;
  if (isReply(thrown)) return new HostError(thrown);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new HostError({ code: 'unexpected', message, hint: '', reference: '' });
}

function isReply(thrown: unknown): thrown is ErrorReply {
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown && 'message' in thrown;
}
