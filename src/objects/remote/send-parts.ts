import type { CompletedPart, PutObjectCommandInput } from '@aws-sdk/client-s3';
import { abortable } from '../abortable.ts';
import { gather } from '../gather.ts';
import type { UploadOptions } from '../object-storage.ts';
import { endUnfinishedUploads, endUpload } from './unfinished-uploads.ts';
import type { UploadTarget } from './upload-target.ts';

const MIB = 1024 * 1024;
const FIRST_PART_BYTES = 8 * MIB;
/** Parts on their way at once: enough that a store which brings each to its disk before it answers is never waited for. */
const SENDERS = 8;

/** A target, and what ends all that is under way to it: the caller's signal, or the failure of a part. */
interface Sending extends UploadTarget {
  readonly signal: AbortSignal;
  fail(error: unknown): void;
}

/**
 * The size of a part. An upload has at most 10,000 and its size is not known before, so parts grow: 10,000 of them hold 3.9 TiB, and an
 * upload of up to 8 GB, the usual one, has no more than 72 MiB of them in memory.
 */
export const partBytes = (piece: number): number =>
  FIRST_PART_BYTES * 2 ** Math.min(7, Math.floor(piece / 1000));

/**
 * Stores a body: a small one in one request, any other in parts, which become the object all at once. Its bytes are safe on the way:
 * the signature of each request covers their SHA-256, so a further MD5 would only cost time.
 */
export async function sendBody(target: UploadTarget, body: AsyncIterable<Uint8Array>): Promise<void> {
  const failed = new AbortController();
  const asked = target.options.signal;
  const signal = asked ? AbortSignal.any([asked, failed.signal]) : failed.signal;
  const sending: Sending = { ...target, signal, fail: (error) => failed.abort(error) };
  const pieces = gather(abortable(body, signal), partBytes);
  try {
    const first = await pieces.next();
    const second = first.done ? first : await pieces.next();
    if (first.done) await putWhole(sending, Buffer.alloc(0));
    else if (second.done) await putWhole(sending, first.value);
    else await putInParts(sending, prepend([first.value, second.value], pieces));
  } finally {
    await pieces.return(undefined);
  }
}

async function putWhole(target: Sending, bytes: Buffer): Promise<void> {
  const { sdk, client, to } = target;
  const input = {
    Bucket: to.bucket,
    Key: to.key,
    Body: bytes,
    ...attributesOf(target.options),
  };
  await client.send(new sdk.PutObjectCommand(input), sendOptions(target));
}

async function putInParts(target: Sending, pieces: AsyncGenerator<Buffer>): Promise<void> {
  const { sdk, client, to, options } = target;
  if (options.sole) await endUnfinishedUploads(target, target.signal);
  const at = { Bucket: to.bucket, Key: to.key };
  const create = new sdk.CreateMultipartUploadCommand({ ...at, ...attributesOf(options) });
  const { UploadId } = await client.send(create, sendOptions(target));
  if (UploadId === undefined) throw new Error('the store began an upload without an id');
  try {
    const parts = await sendParts(target, UploadId, pieces);
    const complete = new sdk.CompleteMultipartUploadCommand({
      ...at,
      UploadId,
      MultipartUpload: { Parts: parts },
    });
    await client.send(complete, sendOptions(target));
  } catch (error) {
    await endUpload(target, UploadId);
    throw error;
  }
}

/** Sends the parts, several side by side; the first failure ends them all. */
async function sendParts(
  target: Sending,
  uploadId: string,
  pieces: AsyncGenerator<Buffer>,
): Promise<CompletedPart[]> {
  const parts: CompletedPart[] = [];
  const sendNext = async () => {
    for (let piece = await pieces.next(); !piece.done; piece = await pieces.next()) {
      const number = parts.length + 1;
      // Its place is taken before it is sent, as the other senders take theirs meanwhile.
      parts.push({ PartNumber: number });
      parts[number - 1] = await sendPart(target, uploadId, number, piece.value);
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, () => sendNext().catch(target.fail)));
  target.signal.throwIfAborted();
  return parts;
}

async function sendPart(
  target: Sending,
  uploadId: string,
  number: number,
  bytes: Buffer,
): Promise<CompletedPart> {
  const { sdk, client, to } = target;
  const place = { Bucket: to.bucket, Key: to.key, UploadId: uploadId, PartNumber: number };
  const command = new sdk.UploadPartCommand({ ...place, Body: bytes });
  const { ETag, ChecksumCRC32 } = await client.send(command, sendOptions(target));
  return {
    PartNumber: number,
    ...(ETag === undefined ? {} : { ETag }),
    ...(ChecksumCRC32 === undefined ? {} : { ChecksumCRC32 }),
  };
}

async function* prepend(first: readonly Buffer[], rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield* first;
  yield* rest;
}

const sendOptions = ({ signal }: Sending) => ({ abortSignal: signal });

const attributesOf = ({
  contentType,
  kmsKeyId,
}: UploadOptions): Pick<PutObjectCommandInput, 'ContentType' | 'ServerSideEncryption' | 'SSEKMSKeyId'> => ({
  ...(contentType === undefined ? {} : { ContentType: contentType }),
  ...(kmsKeyId === undefined ? {} : { ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId: kmsKeyId }),
});
