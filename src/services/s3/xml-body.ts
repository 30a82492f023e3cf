import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { checksumOf } from '../../objects/embedded/checksum.ts';
import { openBody } from './body.ts';
import type { S3Call } from './call.ts';
import { bodyChecksum } from './checksums.ts';
import { contentMd5 } from './content-md5.ts';
import { BAD_DIGEST, invalidRequest, MAX_MESSAGE_LENGTH_EXCEEDED, S3Error } from './errors.ts';
import { parseXml } from './xml.ts';

/** Enough for 10,000 parts with their checksums, and for 1,000 keys of 1,024 bytes, all of them escaped. */
const LARGEST_DOCUMENT = 8 * 1024 ** 2;

/** What an XML body needs besides being well formed. */
export interface XmlBodyRules {
  /** The client has to send a digest of it: Content-MD5 or a checksum. */
  readonly digestRequired?: boolean;
  /** The request's checksum headers are about an object, not about this document. */
  readonly checksumsAreOfObject?: boolean;
}

/** The request's body, verified against its digests, and read as a document with this root. `undefined` when it is empty. */
export async function readXmlBody<Schema extends z.ZodType>(
  call: S3Call,
  root: string,
  schema: Schema,
  rules: XmlBodyRules = {},
): Promise<z.output<Schema> | undefined> {
  const text = await readVerified(call, rules);
  return text.trim() === '' ? undefined : parseXml(text, root, schema);
}

async function readVerified(call: S3Call, rules: XmlBodyRules): Promise<string> {
  if (call.header('content-length') === undefined && call.header('transfer-encoding') === undefined)
    return '';
  const body = openBody(call, LARGEST_DOCUMENT);
  const md5 = contentMd5(call);
  const { expectedChecksum } = rules.checksumsAreOfObject ? {} : bodyChecksum(call, body);
  if (rules.digestRequired && md5 === undefined && !expectedChecksum) {
    throw invalidRequest('Missing required header for this request: Content-MD5 OR x-amz-checksum-*');
  }
  const bytes = await collect(body.bytes);
  if (md5 !== undefined && createHash('md5').update(bytes).digest('base64') !== md5) throw BAD_DIGEST();
  const expected = expectedChecksum?.();
  if (expected && (await checksumOf(expected.algorithm, bytes)) !== expected.value) {
    throw BAD_DIGEST({}, `The ${expected.algorithm} you specified did not match the calculated checksum.`);
  }
  return bytes.toString('utf8');
}

async function collect(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of bytes) chunks.push(chunk);
  } catch (error) {
    throw error instanceof S3Error && error.code === 'EntityTooLarge' ? MAX_MESSAGE_LENGTH_EXCEEDED() : error;
  }
  return Buffer.concat(chunks);
}
