import { type ObjectLocation, ObjectStorageError } from '../object-storage.ts';

/** What the SDK's errors carry. */
interface SdkError {
  readonly name: string;
  readonly message: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Answers to requests without a body (HEAD) have no error code: their status says what they mean. */
const codeOfStatus: Readonly<Record<number, string>> = {
  301: 'PermanentRedirect',
  403: 'AccessDenied',
  404: 'NoSuchKey',
  412: 'PreconditionFailed',
};

/**
 * A failure of the SDK as an `ObjectStorageError` that names the object. An abort stays what the caller's signal says, and a
 * failure of this machine (a full disk) stays what it is.
 */
export function toStorageError(error: unknown, where: ObjectLocation, signal?: AbortSignal): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof ObjectStorageError || !isSdkError(error)) return error;
  const status = error.$metadata?.httpStatusCode;
  const nameless = error.name === 'NotFound' || error.name === 'Unknown' || /^\d+$/.test(error.name);
  const code = (nameless && status !== undefined && codeOfStatus[status]) || error.name;
  return new ObjectStorageError(code, `s3://${where.bucket}/${where.key}: ${error.message || code}`);
}

const isSdkError = (error: unknown): error is SdkError =>
  typeof error === 'object' && error !== null && '$metadata' in error && 'name' in error;

/** The status of the SDK's error, absent for every other one. */
export const statusOf = (error: unknown): number | undefined =>
  isSdkError(error) ? error.$metadata?.httpStatusCode : undefined;
