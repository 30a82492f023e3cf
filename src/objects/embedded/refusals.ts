import { ObjectStorageError } from '../object-storage.ts';

/** S3's refusals, in S3's words. */
export const noSuchBucket = (bucket: string) =>
  new ObjectStorageError('NoSuchBucket', `The specified bucket does not exist: ${bucket}`);

export const noSuchKey = (key: string) =>
  new ObjectStorageError('NoSuchKey', `The specified key does not exist: ${key}`);

export const noSuchUpload = () =>
  new ObjectStorageError(
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
  );

export const preconditionFailed = (key: string) =>
  new ObjectStorageError(
    'PreconditionFailed',
    `At least one of the pre-conditions you specified did not hold: ${key}`,
  );

export const badDigest = (what: string) =>
  new ObjectStorageError('BadDigest', `The ${what} you specified did not match the calculated checksum.`);

export const invalidRequest = (message: string) => new ObjectStorageError('InvalidRequest', message);

export const invalidArgument = (message: string) => new ObjectStorageError('InvalidArgument', message);

/** An object's bytes are not where its row says: it was replaced long ago under a slow reader, or the folder was tampered with. */
export const bytesMissing = (what: string) =>
  new ObjectStorageError('InternalError', `We encountered an internal error. Please try again. (${what})`);
