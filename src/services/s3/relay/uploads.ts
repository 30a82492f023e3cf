import { z } from 'zod';
import { xmlAnswer } from '../answer.ts';
import type { S3Call } from '../call.ts';
import { MALFORMED_XML } from '../errors.ts';
import { parsePartNumber } from '../ranges.ts';
import { readXmlBody } from '../xml-body.ts';
import { bodyThere } from './body.ts';
import type { RelayedOperation } from './there.ts';

const part = z.strictObject({
  PartNumber: z
    .string()
    .regex(/^\d{1,5}$/)
    .transform(Number),
  ETag: z.string(),
  ChecksumCRC32: z.string().optional(),
});
const completed = z.strictObject({
  Part: z.union([z.array(part), part.transform((only) => [only])]),
});

export const createUpload: RelayedOperation = async (call, { sdk, client, signal }) => {
  const { bucket, key } = call.object;
  const ContentType = call.header('content-type');
  const command = new sdk.CreateMultipartUploadCommand({ Bucket: bucket, Key: key, ContentType });
  const { UploadId } = await client.send(command, { abortSignal: signal });
  return xmlAnswer('InitiateMultipartUploadResult', { Bucket: bucket, Key: key, UploadId });
};

export const uploadPart: RelayedOperation = async (call, there) => {
  const { sdk, client, signal } = there;
  const PartNumber = parsePartNumber(call.query('partNumber') ?? '');
  const command = new sdk.UploadPartCommand({ ...uploadOf(call), PartNumber, ...bodyThere(call, there) });
  const { ETag, ChecksumCRC32 } = await client.send(command, { abortSignal: signal });
  // Amazon's store gets a checksum of each part from the SDK, and wants to be told them again at the end.
  return { status: 200, headers: { etag: ETag, 'x-amz-checksum-crc32': ChecksumCRC32 } };
};

export const completeUpload: RelayedOperation = async (call, { sdk, client }) => {
  const asked = await readXmlBody(call, 'CompleteMultipartUpload', completed);
  if (!asked) throw MALFORMED_XML();
  const command = new sdk.CompleteMultipartUploadCommand({
    ...uploadOf(call),
    MultipartUpload: { Parts: asked.Part },
  });
  // Also when the client does not wait for it: it asked for the object.
  const { ETag } = await client.send(command);
  return xmlAnswer('CompleteMultipartUploadResult', { Bucket: call.bucket, Key: call.object.key, ETag });
};

export const abortUpload: RelayedOperation = async (call, { sdk, client }) => {
  await client.send(new sdk.AbortMultipartUploadCommand(uploadOf(call)));
  return { status: 204 };
};

const uploadOf = ({ upload: { bucket, key, uploadId } }: S3Call) => ({
  ...{ Bucket: bucket, Key: key, UploadId: uploadId },
});
