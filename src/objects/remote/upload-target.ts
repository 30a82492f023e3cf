import type { S3Client } from '@aws-sdk/client-s3';
import type { ObjectLocation, UploadOptions } from '../object-storage.ts';

/** Where a body goes, and by which client. */
export interface UploadTarget {
  readonly sdk: typeof import('@aws-sdk/client-s3');
  readonly client: S3Client;
  readonly to: ObjectLocation;
  readonly options: UploadOptions;
}
