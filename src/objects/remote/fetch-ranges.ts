import { type FileHandle, open, rm } from 'node:fs/promises';
import { fetchRange } from './fetch-range.ts';
import { checkFile, type Digest, digestOf } from './integrity.ts';
import type { Range, Source } from './source.ts';

/** Objects up to this size come in one request. */
export const WHOLE_BYTES = 16 * 1024 * 1024;
const LEAST_RANGE_BYTES = 8 * 1024 * 1024;
const MOST_RANGE_BYTES = 32 * 1024 * 1024;
/** Requests at once per object. */
const FETCHERS = 8;

const FILE_MODE = 0o644;

/**
 * Brings an object to a new file: in one request, or in ranges side by side. The bytes are those that the store says they are, where
 * it says anything. A failure leaves no file.
 */
export async function fetchToFile(source: Source, path: string): Promise<void> {
  const { size } = source.object;
  await fillNewFile(path, (file) =>
    size <= WHOLE_BYTES ? fetchRange(source, { start: 0, length: size }, file) : fetchInRanges(source, file),
  );
}

/** Brings one range of an object to a new file. A failure leaves no file. */
export async function fetchRangeToFile(source: Source, range: Range, path: string): Promise<void> {
  await fillNewFile(path, (file) => fetchRange(source, range, file, 0));
}

async function fillNewFile(path: string, fill: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await open(path, 'wx+', FILE_MODE);
  try {
    await file.chmod(FILE_MODE);
    await fill(file);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/** All ranges, and beside them the question what the bytes must come to; the first that fails ends the others. */
async function fetchInRanges(source: Source, file: FileHandle): Promise<void> {
  const failed = new AbortController();
  const signal = source.signal ? AbortSignal.any([source.signal, failed.signal]) : failed.signal;
  const linked = { ...source, signal };
  const ranges = rangesOf(source.object.size);
  let digest: Digest | undefined;
  const work = [
    source.slots.run(async () => {
      digest = await askForDigest(linked);
    }, signal),
    ...Array.from({ length: FETCHERS }, async () => {
      for (const range of ranges) await fetchRange(linked, range, file);
    }),
  ];
  await Promise.allSettled(
    work.map((each) =>
      each.catch((error) => {
        failed.abort(error);
      }),
    ),
  );
  signal.throwIfAborted();
  if (digest) await checkFile(file, source.object, digest, source.signal);
}

function* rangesOf(size: number): Generator<Range> {
  const most = rangeBytes(size);
  for (let start = 0; start < size; start += most) yield { start, length: Math.min(most, size - start) };
}

/** Longer ranges for larger objects, as long as there is one for each fetcher: every one costs a request. */
const rangeBytes = (size: number): number =>
  Math.min(MOST_RANGE_BYTES, Math.max(LEAST_RANGE_BYTES, Math.ceil(size / FETCHERS)));

async function askForDigest({ sdk, client, object, signal }: Source): Promise<Digest | undefined> {
  const command = new sdk.HeadObjectCommand({
    Bucket: object.bucket,
    Key: object.key,
    IfMatch: object.etag,
    ChecksumMode: 'ENABLED',
  });
  return digestOf(object, await client.send(command, signal ? { abortSignal: signal } : {}));
}
