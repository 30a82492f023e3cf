import { S3Error } from '../errors.ts';

/** What the SDK's errors carry. */
interface SdkError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** What the other store (or the way to it) said, as an error of S3's. `store`: where it is, in words. */
export function asToldThere(error: unknown, store: string): unknown {
  if (error instanceof S3Error || !(error instanceof Error)) return error;
  const { $metadata, name, message } = error as SdkError;
  const status = $metadata?.httpStatusCode;
  if (status === undefined) {
    const words = message || name;
    return new S3Error('ServiceUnavailable', 503, `The store at ${store} can't be asked: ${words}`);
  }
  return new S3Error(name, statusHere(status), message === name ? `${store} answered ${status}` : message);
}

/**
 * Its statuses are ours, but for those that would mean something else to our client: that it should sign in, that it should ask
 * elsewhere, or that an answer that can't be read was a good one.
 */
function statusHere(status: number): number {
  if (status === 401) return 403;
  if (status < 300) return 502;
  return status < 400 ? 400 : status;
}
