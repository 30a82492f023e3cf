import { ObjectStorageError } from '../object-storage.ts';
import type { Blob, StoredObject } from './embedded-store.ts';

/** `length` bytes of a blob from its byte `start`, which are those of the object from `position`. */
export interface BlobRun {
  readonly blob: Blob;
  readonly start: number;
  readonly length: number;
  readonly position: number;
}

/** The runs that make up `length` bytes of an object from `start`, in order. Throws InvalidRange beyond its end. */
export function runsOf(
  object: Pick<StoredObject, 'key' | 'size' | 'blobs'>,
  start = 0,
  length = object.size - start,
): BlobRun[] {
  const end = start + length;
  if (start < 0 || length < 0 || end > object.size) {
    throw new ObjectStorageError('InvalidRange', `The requested range is not satisfiable: ${object.key}`);
  }
  const runs: BlobRun[] = [];
  let blobStart = 0;
  for (const blob of object.blobs) {
    const from = Math.max(start, blobStart);
    const to = Math.min(end, blobStart + blob.size);
    if (from < to) runs.push({ blob, start: from - blobStart, length: to - from, position: from });
    blobStart += blob.size;
  }
  return runs;
}

/** The same bytes in runs of at most `longest`. */
export function* slice(runs: Iterable<BlobRun>, longest: number): Generator<BlobRun> {
  for (const run of runs) {
    for (let done = 0; done < run.length; done += longest) {
      const length = Math.min(longest, run.length - done);
      yield { blob: run.blob, start: run.start + done, length, position: run.position + done };
    }
  }
}
