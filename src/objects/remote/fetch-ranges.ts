import { type FileHandle, open, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { S3Client } from '@aws-sdk/client-s3';
import { type ObjectLocation, ObjectStorageError, type ObjectSummary } from '../object-storage.ts';

/** Objects up to this size come in one request. */
const WHOLE_BYTES = 16 * 1024 * 1024;
const RANGE_BYTES = 8 * 1024 * 1024;
/** Requests at once per object. */
const FETCHERS = 6;

/** The SDK retries a request until its answer begins; an answer that breaks off is asked for again from there, as often as this. */
const RESUMES = 4;
const RESUME_DELAY_MS = 200;

const FILE_MODE = 0o644;

type Sdk = typeof import('@aws-sdk/client-s3');

interface Range {
  readonly start: number;
  readonly length: number;
}

export interface Source {
  readonly sdk: Sdk;
  readonly client: S3Client;
  readonly object: ObjectLocation & ObjectSummary;
  readonly signal: AbortSignal | undefined;
}

/** Brings an object to a new file: in one request, or in ranges side by side. A failure leaves no file. */
export async function fetchToFile(source: Source, path: string): Promise<void> {
  const file = await open(path, 'wx', FILE_MODE);
  try {
    await file.chmod(FILE_MODE);
    await fetchAll(source, file);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/** All ranges; the first that fails ends the others. */
async function fetchAll(source: Source, file: FileHandle): Promise<void> {
  const failed = new AbortController();
  const signal = source.signal ? AbortSignal.any([source.signal, failed.signal]) : failed.signal;
  const ranges = rangesOf(source.object.size);
  const fetchers = Array.from({ length: FETCHERS }, async () => {
    try {
      for (const range of ranges) await fetchRange({ ...source, signal }, range, file);
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  });
  await Promise.allSettled(fetchers);
  signal.throwIfAborted();
}

function* rangesOf(size: number): Generator<Range> {
  const longest = size <= WHOLE_BYTES ? size : RANGE_BYTES;
  for (let start = 0; start < size; start += longest)
    yield { start, length: Math.min(longest, size - start) };
  if (size === 0) yield { start: 0, length: 0 };
}

async function fetchRange(source: Source, range: Range, file: FileHandle): Promise<void> {
  let done = 0;
  for (let attempt = 0; ; attempt++) {
    const rest = { start: range.start + done, length: range.length - done };
    try {
      const body = await request(source, rest);
      for await (const chunk of body) {
        if (done + chunk.length > range.length) throw wrongLength(source.object);
        await writeFully(file, chunk, range.start + done);
        done += chunk.length;
      }
      if (done === range.length) return;
      throw wrongLength(source.object);
    } catch (error) {
      if (attempt === RESUMES || !brokeOff(error) || source.signal?.aborted) throw error;
      await delay(RESUME_DELAY_MS * 2 ** attempt, undefined, {
        ...(source.signal ? { signal: source.signal } : {}),
      });
    }
  }
}

/** The bytes of a range, of the very object that was listed. */
async function request(
  { sdk, client, object, signal }: Source,
  range: Range,
): Promise<AsyncIterable<Uint8Array>> {
  const whole = range.start === 0 && range.length === object.size;
  const command = new sdk.GetObjectCommand({
    Bucket: object.bucket,
    Key: object.key,
    IfMatch: object.etag,
    ...(whole ? {} : { Range: `bytes=${range.start}-${range.start + range.length - 1}` }),
  });
  const { Body, ContentLength } = await client.send(command, { ...(signal ? { abortSignal: signal } : {}) });
  if (!Body || (ContentLength !== undefined && ContentLength !== range.length)) throw wrongLength(object);
  return Body as unknown as AsyncIterable<Uint8Array>;
}

/** Whether the connection ended during an answer: what came is good, and the rest can be asked for. */
function brokeOff(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return (
    code === 'ECONNRESET' || code === 'EPIPE' || code === 'ETIMEDOUT' || code === 'ERR_STREAM_PREMATURE_CLOSE'
  );
}

const wrongLength = (object: ObjectSummary & ObjectLocation) =>
  new ObjectStorageError(
    'IncompleteBody',
    `s3://${object.bucket}/${object.key}: the store did not send the ${object.size} bytes that it listed`,
  );

async function writeFully(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}
