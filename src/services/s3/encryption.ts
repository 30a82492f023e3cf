import type { Encryption } from '../../objects/embedded/embedded-store.ts';
import { DEFAULT_KMS_KEY } from '../../objects/embedded/key-ring.ts';
import type { S3Call } from './call.ts';
import { headerNotImplemented, invalidArgument } from './errors.ts';

const ALGORITHM = 'x-amz-server-side-encryption';
const KEY_ID = 'x-amz-server-side-encryption-aws-kms-key-id';
const BUCKET_KEY = 'x-amz-server-side-encryption-bucket-key-enabled';

/** The server-side encryption that a request asks for. */
export function requestedEncryption(call: S3Call): Encryption | undefined {
  const algorithm = call.header(ALGORITHM);
  const keyId = call.header(KEY_ID);
  const bucketKey = call.header(BUCKET_KEY);
  if (algorithm === 'aws:kms') {
    return {
      kind: 'aws:kms',
      keyId: keyId ?? DEFAULT_KMS_KEY,
      ...(bucketKey !== undefined && { bucketKey: bucketKey.toLowerCase() === 'true' }),
    };
  }
  if (keyId !== undefined) {
    const message = `Server Side Encryption with AWS KMS managed key requires HTTP header ${ALGORITHM} : aws:kms`;
    throw invalidArgument(ALGORITHM, algorithm ?? 'null', message);
  }
  if (bucketKey?.toLowerCase() === 'true') throw headerNotImplemented(BUCKET_KEY);
  if (algorithm === undefined || algorithm === 'AES256') return algorithm && { kind: algorithm };
  if (algorithm === 'aws:kms:dsse') throw headerNotImplemented(ALGORITHM);
  throw invalidArgument(ALGORITHM, algorithm, 'The encryption method specified is not supported');
}

/** The headers that tell how an object is encrypted; the store names a key by its ARN, as S3 does. */
export function encryptionHeaders(encryption: Encryption | undefined): Record<string, string | undefined> {
  if (!encryption) return {};
  if (encryption.kind === 'AES256') return { [ALGORITHM]: 'AES256' };
  return {
    [ALGORITHM]: 'aws:kms',
    [KEY_ID]: encryption.keyId,
    [BUCKET_KEY]: encryption.bucketKey ? 'true' : undefined,
  };
}
