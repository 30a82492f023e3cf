import { statusOf } from './errors.ts';

/** An answer that ended early, or that stalled: what came is good, and the rest can be asked for. */
export class BrokenAnswer extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BrokenAnswer';
  }
}

/** What the network does to a connection. None of them is an error of the local disk. */
const NETWORK: ReadonlySet<unknown> = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'EPIPE',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ETIMEDOUT',
]);

/** Whether asking again for what has not come may help. */
export function mayAskAgain(error: unknown): boolean {
  if (error instanceof BrokenAnswer) return true;
  if (!(error instanceof Error)) return false;
  const status = statusOf(error);
  if (status !== undefined)
    return status >= 500 || status === 408 || status === 429 || error.name === 'SlowDown';
  const code = (error as NodeJS.ErrnoException).code;
  return NETWORK.has(code) || String(code).startsWith('HPE_') || error.name === 'TimeoutError';
}
