import type { Readable, Writable } from 'node:stream';

/** A command to be run beside an algorithm, where the algorithm runs. */
export interface SessionRequest {
  readonly command: readonly string[];
  /** It gets a terminal of this size and kind. Absent: plain streams. */
  readonly terminal?: TerminalSize & { readonly kind: string };
}

export interface TerminalSize {
  readonly rows: number;
  readonly columns: number;
}

/** A command that runs beside an algorithm. It lives as long as someone is connected to it, and no longer than the algorithm. */
export interface Session {
  readonly input: Writable;
  /** With a terminal, all that it shows. */
  readonly output: Readable;
  /** What it writes to its standard error; nothing where it has a terminal. */
  readonly errors: Readable;
  /** Resolves with its exit code when it has ended. Never rejects. */
  readonly ended: Promise<number>;
  /** No effect without a terminal. */
  resize(size: TerminalSize): void;
  /** Ends it. No effect when it has ended. */
  close(): void;
}

/** No session can be had, for a reason that whoever asked can understand: one sentence. */
export class SessionRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SessionRefused';
  }
}
