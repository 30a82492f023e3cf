import type { Readable } from 'node:stream';
import type { GetObjectCommandInput, GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { statusOf } from '../../../objects/remote/errors.ts';
import type { Answer } from '../answer.ts';
import type { S3Call } from '../call.ts';
import { bodyThere } from './body.ts';
import type { RelayedOperation, There } from './there.ts';

export const getObject: RelayedOperation = async (call, there) => {
  const answer = await unlessUnchanged(() => readThere(call, there));
  if ('status' in answer) return answer;
  return {
    status: answer.ContentRange === undefined ? 200 : 206,
    headers: headersOf(call, answer),
    // In Node the SDK's body is a stream of Node's.
    body: answer.Body as unknown as Readable,
  };
};

export const headObject: RelayedOperation = async (call, { sdk, client, signal }) => {
  const command = new sdk.HeadObjectCommand(conditionsOf(call));
  const answer = await unlessUnchanged(() => client.send(command, { abortSignal: signal }));
  return 'status' in answer ? answer : { status: 200, headers: headersOf(call, answer) };
};

export const putObject: RelayedOperation = async (call, there) => {
  const { sdk, client, signal } = there;
  const command = new sdk.PutObjectCommand({
    ...where(call),
    ...bodyThere(call, there),
    ContentType: call.header('content-type'),
  });
  const { ETag } = await client.send(command, { abortSignal: signal });
  return { status: 200, headers: { etag: ETag } };
};

export const deleteObject: RelayedOperation = async (call, { sdk, client, signal }) => {
  await client.send(new sdk.DeleteObjectCommand(where(call)), { abortSignal: signal });
  return { status: 204 };
};

/**
 * Reads an object, or a range of it. A browser that goes on with a download says which object it has the beginning of; if that is
 * no longer the one, it gets all of the new one (RFC 9110 §13.1.5). S3 knows no If-Range, so it is asked by If-Match.
 */
async function readThere(
  call: S3Call,
  { sdk, client, signal }: There,
): Promise<Omit<GetObjectCommandOutput, '$metadata'>> {
  const get = (input: GetObjectCommandInput) =>
    client.send(new sdk.GetObjectCommand(input), { abortSignal: signal });
  const conditions = conditionsOf(call);
  const range = call.header('range');
  const same = call.header('if-range');
  if (range === undefined) return get(conditions);
  if (same === undefined) return get({ ...conditions, Range: range });
  // A date is too weak to join two halves by.
  if (!same.startsWith('"')) return get(conditions);
  try {
    return await get({ ...conditions, Range: range, IfMatch: same });
  } catch (error) {
    if (statusOf(error) !== 412) throw error;
    return get(conditions);
  }
}

const where = ({ object: { bucket, key } }: S3Call) => ({ Bucket: bucket, Key: key });

function conditionsOf(call: S3Call) {
  return {
    ...where(call),
    IfMatch: call.header('if-match'),
    IfNoneMatch: call.header('if-none-match'),
    IfModifiedSince: dateOf(call.header('if-modified-since')),
    IfUnmodifiedSince: dateOf(call.header('if-unmodified-since')),
  };
}

/** What is no date is no condition (RFC 9110 §13.1.3). */
function dateOf(text: string | undefined): Date | undefined {
  const date = text === undefined ? undefined : new Date(text);
  return date && Number.isNaN(date.getTime()) ? undefined : date;
}

/** The SDK takes "not modified" for a failure. */
async function unlessUnchanged<Found>(
  ask: () => Promise<Found>,
): Promise<Found | (Answer & { status: 304 })> {
  try {
    return await ask();
  } catch (error) {
    if (statusOf(error) === 304) return { status: 304 };
    throw error;
  }
}

type Described = Partial<
  Pick<
    GetObjectCommandOutput,
    'ContentType' | 'ContentEncoding' | 'ContentLength' | 'ContentRange' | 'ETag' | 'LastModified'
  >
>;

/** Of what the store says of an object, what a browser needs to save it. How it is shown is for whoever asks to say. */
const headersOf = (call: S3Call, described: Described): NonNullable<Answer['headers']> => ({
  'content-type': call.query('response-content-type') ?? described.ContentType,
  'content-disposition': call.query('response-content-disposition'),
  'content-encoding': described.ContentEncoding,
  'content-length': described.ContentLength,
  'content-range': described.ContentRange,
  etag: described.ETag,
  'last-modified': described.LastModified?.toUTCString(),
  'accept-ranges': 'bytes',
});
