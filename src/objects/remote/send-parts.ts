import { createHash } from 'node:crypto';
import type { CompletedPart, PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3';
import { abortable } from '../abortable.ts';
import type { ObjectLocation, UploadOptions } from '../object-storage.ts';
import { gather } from './gather.ts';

const MIB = 1024 * 1024;
const FIRST_PART_BYTES = 8 * MIB;
/** Parts on their way at once. */
const SENDERS = 4;

type Sdk = typeof import('@aws-sdk/client-s3');

export interface Target {
  readonly sdk: Sdk;
  readonly client: S3Client;
  readonly to: ObjectLocation;
  readonly options: UploadOptions;
  /** Say the MD5 of what is sent, for stores that do not know the SDK's own checksums. */
  readonly sayMd5: boolean;
}

/** A target, and what ends all that is under way to it: the caller's signal, or the failure of a part. */
interface Sending extends Target {
  readonly signal: AbortSignal;
  fail(error: unknown): void;
}

/**
 * The size of a part. An upload has at most 10,000 and its size is not known before, so parts grow: 10,000 of them hold 3.9 TiB, and an
 * upload of up to 8 GB, the usual one, has no more than 40 MiB of them in memory.
 */
export const partBytes = (piece: number): number =>
  FIRST_PART_BYTES * 2 ** Math.min(7, Math.floor(piece / 1000));

/** Stores a body: a small one in one request, any other in parts, which become the object all at once. */
export async function sendBody(target: Target, body: AsyncIterable<Uint8Array>): Promise<void> {
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
    ...md5Of(target, bytes),
  };
  await client.send(new sdk.PutObjectCommand(input), sendOptions(target));
}

async function putInParts(target: Sending, pieces: AsyncGenerator<Buffer>): Promise<void> {
  const { sdk, client, to, options } = target;
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
    // Without the signal: an abort is just when the parts must go. What can't be removed now, a lifecycle rule of the bucket can.
    await client.send(new sdk.AbortMultipartUploadCommand({ ...at, UploadId })).catch(() => undefined);
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
  const command = new sdk.UploadPartCommand({ ...place, Body: bytes, ...md5Of(target, bytes) });
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

const md5Of = ({ sayMd5 }: Target, bytes: Buffer) =>
  sayMd5 ? { ContentMD5: createHash('md5').update(bytes).digest('base64') } : {};
