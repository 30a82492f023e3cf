import type { ObjectLocation, ObjectSummary } from '../object-storage.ts';
import { ObjectStorageError } from '../object-storage.ts';

/** What the thread that downloads is told. */
export type DownloadOrder =
  | {
      readonly kind: 'download';
      readonly id: number;
      readonly object: ObjectLocation & ObjectSummary;
      readonly path: string;
    }
  | { readonly kind: 'abort'; readonly id: number };

/** How a download ended: well, where there is no failure. */
export interface DownloadEnd {
  readonly id: number;
  readonly failure?: Failure;
}

/** What of an error survives the way from one thread to another. */
interface Failure {
  readonly isOfStorage: boolean;
  readonly code?: string;
  readonly message: string;
}

export function failureOf(error: unknown): Failure {
  const isOfStorage = error instanceof ObjectStorageError;
  if (!(error instanceof Error)) return { isOfStorage, message: String(error) };
  const code = 'code' in error ? { code: String(error.code) } : {};
  return { isOfStorage, ...code, message: error.message };
}

/** The error that a failure was, as far as anybody looks at it. */
export function errorOf({ isOfStorage, code, message }: Failure): Error {
  if (isOfStorage) return new ObjectStorageError(code ?? 'InternalError', message);
  return Object.assign(new Error(message), code === undefined ? {} : { code });
}
