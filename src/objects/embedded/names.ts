import { ObjectStorageError } from '../object-storage.ts';
import { invalidArgument } from './refusals.ts';

const LONGEST_KEY_BYTES = 1024;

const FORBIDDEN_PREFIXES = ['xn--', 'sthree-', 'amzn-s3-demo-'];
const FORBIDDEN_SUFFIXES = ['-s3alias', '--ol-s3', '.mrap', '--x-s3', '--table-s3'];

/**
 * Refuses a name that is no S3 bucket's.
 * Source: Amazon S3 User Guide, "General purpose bucket naming rules".
 */
export function checkBucketName(bucket: string): void {
  const valid =
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) &&
    !bucket.includes('..') &&
    !/^\d+\.\d+\.\d+\.\d+$/.test(bucket) &&
    !FORBIDDEN_PREFIXES.some((prefix) => bucket.startsWith(prefix)) &&
    !FORBIDDEN_SUFFIXES.some((suffix) => bucket.endsWith(suffix));
  if (!valid)
    throw new ObjectStorageError('InvalidBucketName', `The specified bucket is not valid: ${bucket}`);
}

/** Refuses a key that S3 does not store. Every other one is fine: keys never become file names. */
export function checkKey(key: string): void {
  if (key === '') throw invalidArgument('The key of an object must not be empty.');
  if (!key.isWellFormed())
    throw new ObjectStorageError('InvalidURI', "Couldn't parse the specified URI: the key is not UTF-8.");
  if (Buffer.byteLength(key) > LONGEST_KEY_BYTES)
    throw new ObjectStorageError('KeyTooLongError', 'Your key is too long');
}
