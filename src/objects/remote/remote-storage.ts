import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import type { ObjectLocation, ObjectStorage, ObjectSummary, UploadOptions } from '../object-storage.ts';
import { statusOf, toStorageError } from './errors.ts';
import { fetchToFile } from './fetch-ranges.ts';
import { sendBody } from './send-parts.ts';

export interface RemoteStorageOptions {
  /** Another S3 than Amazon's. */
  readonly endpoint?: string;
  readonly region: string;
  /** Absent: found where AWS's SDKs find them (environment, files, the machine's role). */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  /** `endpoint/bucket/key` instead of `bucket.endpoint/key`. */
  readonly pathStyle?: boolean;
}

type Sdk = typeof import('@aws-sdk/client-s3');

const PAGE = 1000;

/** Any S3, by the AWS SDK, which is loaded by the first call that needs it: a deployment without a remote store pays nothing. */
export class RemoteStorage implements ObjectStorage {
  readonly #options: RemoteStorageOptions;
  #opened: Promise<{ sdk: Sdk; client: S3Client }> | undefined;

  constructor(options: RemoteStorageOptions) {
    this.#options = options;
  }

  async bucketExists(bucket: string): Promise<boolean> {
    const { sdk, client } = await this.#open();
    try {
      await client.send(new sdk.HeadBucketCommand({ Bucket: bucket }));
      return true;
    } catch (error) {
      if (statusOf(error) === 404) return false;
      throw toStorageError(error, { bucket, key: '' });
    }
  }

  async *list(
    bucket: string,
    prefix: string,
    options?: { readonly limit?: number },
  ): AsyncIterable<ObjectSummary> {
    const limit = options?.limit ?? Number.POSITIVE_INFINITY;
    if (limit <= 0) return;
    const { sdk, client } = await this.#open();
    // Keys may hold characters that XML can't, so the store is asked to send them percent-encoded.
    const input = { Bucket: bucket, Prefix: prefix, EncodingType: 'url' as const };
    let count = 0;
    try {
      for await (const page of sdk.paginateListObjectsV2(
        { client, pageSize: Math.min(PAGE, limit) },
        input,
      )) {
        for (const object of page.Contents ?? []) {
          yield summary(object, page.EncodingType === 'url');
          if (++count === limit) return;
        }
      }
    } catch (error) {
      throw toStorageError(error, { bucket, key: prefix });
    }
  }

  async download(object: ObjectLocation & ObjectSummary, path: string, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    try {
      await fetchToFile({ ...(await this.#open()), object, signal }, path);
    } catch (error) {
      throw toStorageError(error, object, signal);
    }
  }

  async upload(
    to: ObjectLocation,
    body: AsyncIterable<Uint8Array>,
    options: UploadOptions = {},
  ): Promise<void> {
    options.signal?.throwIfAborted();
    try {
      const sayMd5 = this.#options.endpoint !== undefined;
      await sendBody({ ...(await this.#open()), to, options, sayMd5 }, body);
    } catch (error) {
      throw toStorageError(error, to, options.signal);
    }
  }

  /** Ends the connections. */
  async close(): Promise<void> {
    (await this.#opened)?.client.destroy();
  }

  #open(): Promise<{ sdk: Sdk; client: S3Client }> {
    this.#opened ??= import('@aws-sdk/client-s3').then((sdk) => ({
      sdk,
      client: new sdk.S3Client(this.#config()),
    }));
    return this.#opened;
  }

  /** Stores other than Amazon's need not know the checksums that the SDK adds of its own accord; they are told the MD5. */
  #config(): S3ClientConfig {
    const { endpoint, region, credentials, pathStyle } = this.#options;
    return {
      region,
      ...(credentials ? { credentials } : {}),
      ...(pathStyle === undefined ? {} : { forcePathStyle: pathStyle }),
      ...(endpoint === undefined
        ? {}
        : {
            endpoint,
            requestChecksumCalculation: 'WHEN_REQUIRED',
            responseChecksumValidation: 'WHEN_REQUIRED',
          }),
    };
  }
}

interface Listed {
  readonly Key?: string | undefined;
  readonly Size?: number | undefined;
  readonly ETag?: string | undefined;
  readonly LastModified?: Date | undefined;
}

function summary({ Key, Size, ETag, LastModified }: Listed, encoded: boolean): ObjectSummary {
  if (Key === undefined || Size === undefined || ETag === undefined || LastModified === undefined) {
    throw new Error('the store lists an object without its key, size, ETag or time');
  }
  return { key: encoded ? decoded(Key) : Key, size: Size, etag: ETag, lastModified: LastModified };
}

/** S3's URL encoding writes a space as `+`. */
const decoded = (key: string): string => decodeURIComponent(key.replaceAll('+', ' '));
