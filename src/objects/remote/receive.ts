import type { Readable } from 'node:stream';
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { type ObjectLocation, ObjectStorageError, type ObjectSummary } from '../object-storage.ts';
import { BrokenAnswer, mayAskAgain } from './broken-answer.ts';
import type { Range, Source } from './source.ts';

/** What is done with an answer, before and while its bytes come. */
export interface Receiver {
  begin(answer: GetObjectCommandOutput): void;
  /** To be awaited where it gives something to wait for. */
  take(chunk: Buffer): Promise<void> | undefined;
}

/**
 * Asks once for a range of the very object that was listed. Rejects with a `BrokenAnswer` when the store falls silent before or in its
 * answer; what came by then was taken.
 */
export async function receive(source: Source, range: Range, receiver: Receiver): Promise<void> {
  const { signal, patience } = source;
  const stop = new AbortController();
  const onAbort = () => stop.abort(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted) onAbort();
  let writing = false;
  let answered = false;
  const watch = setTimeout(() => {
    // The disk's slowness is not the store's.
    if (writing) watch.refresh();
    else stop.abort(new BrokenAnswer(`no byte came in ${patience.stallMs} ms`));
  }, patience.stallMs);
  try {
    const answer = await ask(source, range, stop.signal);
    const body = answer.Body as unknown as Readable;
    stop.signal.addEventListener('abort', () => body.destroy(stop.signal.reason), { once: true });
    answered = true;
    receiver.begin(answer);
    for await (const chunk of body) {
      const written = receiver.take(chunk);
      if (written) {
        writing = true;
        await written;
        writing = false;
      }
      watch.refresh();
    }
  } catch (error) {
    stop.signal.throwIfAborted();
    const brokeOff = answered && !writing && mayAskAgain(error);
    throw brokeOff ? new BrokenAnswer(`the answer broke off (${(error as Error).message})`) : error;
  } finally {
    clearTimeout(watch);
    signal?.removeEventListener('abort', onAbort);
  }
}

async function ask(
  { sdk, client, object }: Source,
  range: Range,
  signal: AbortSignal,
): Promise<GetObjectCommandOutput> {
  const whole = range.length === object.size;
  const command = new sdk.GetObjectCommand({
    Bucket: object.bucket,
    Key: object.key,
    IfMatch: object.etag,
    ...(whole ? {} : { Range: `bytes=${range.start}-${range.start + range.length - 1}` }),
  });
  const answer = await client.send(command, { abortSignal: signal });
  const wrong = complaint(answer, range, object);
  if (!wrong) return answer;
  (answer.Body as unknown as Readable | undefined)?.destroy();
  throw wrong;
}

/** Not every store honours If-Match and Range: what it says of its answer must be what was asked for. */
function complaint(
  { Body, ContentLength, ETag }: GetObjectCommandOutput,
  range: Range,
  object: ObjectLocation & ObjectSummary,
): ObjectStorageError | undefined {
  if (ETag !== undefined && bare(ETag) !== bare(object.etag)) {
    const message = `s3://${object.bucket}/${object.key} was replaced after it was listed`;
    return new ObjectStorageError('PreconditionFailed', message);
  }
  if (!Body || (ContentLength !== undefined && ContentLength !== range.length)) return wrongLength(object);
  return undefined;
}

export const wrongLength = (object: ObjectSummary & ObjectLocation): ObjectStorageError =>
  new ObjectStorageError(
    'IncompleteBody',
    `s3://${object.bucket}/${object.key}: the store did not send the ${object.size} bytes that it listed`,
  );

const bare = (etag: string): string => etag.replaceAll('"', '');
