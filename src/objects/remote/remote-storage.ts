import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import type {
  ByteRange,
  ObjectLocation,
  ObjectStorage,
  ObjectSummary,
  UploadOptions,
} from '../object-storage.ts';
import { DownloadThread } from './download-thread.ts';
import { statusOf, toStorageError } from './errors.ts';
import { fetchRangeToFile, fetchToFile, WHOLE_BYTES } from './fetch-ranges.ts';
import { sendBody } from './send-parts.ts';
import { Slots } from './slots.ts';
import type { Patience } from './source.ts';

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
  /** How long a connection may be silent before the request on it has failed: milliseconds, a minute by default. */
  readonly idleTimeout?: number;
  /**
   * Waits before a download asks again for what has not come, in milliseconds: it tries once more often than there are waits, without
   * progress between. Half a minute by default.
   */
  readonly downloadWaits?: readonly number[];
}

type Sdk = typeof import('@aws-sdk/client-s3');

/** The AWS SDK, and its client for the store that is configured. */
export interface S3Connection {
  readonly sdk: Sdk;
  readonly client: S3Client;
}

const PAGE = 1000;
const CONNECT_WITHIN_MS = 10_000;
const IDLE_TIMEOUT_MS = 60_000;
const DOWNLOAD_WAITS_MS = [250, 500, 1000, 2000, 4000, 8000, 16_000];

/** Requests of downloads under way at a time, of all jobs together: for small objects, and as many for large ones. */
const DOWNLOAD_REQUESTS = 32;

/** Any S3, by the AWS SDK, which is loaded by the first call that needs it: a deployment without a remote store pays nothing. */
export class RemoteStorage implements ObjectStorage {
  readonly #options: RemoteStorageOptions;
  readonly #patience: Patience;
  readonly #slots = new Slots(DOWNLOAD_REQUESTS);
  #thread: DownloadThread | undefined;
  #opened: Promise<S3Connection> | undefined;

  constructor(options: RemoteStorageOptions) {
    const { idleTimeout = IDLE_TIMEOUT_MS, downloadWaits = DOWNLOAD_WAITS_MS } = options;
    this.#options = options;
    this.#patience = { stallMs: idleTimeout, waitsMs: downloadWaits };
  }

  async bucketExists(bucket: string): Promise<boolean> {
    const { sdk, client } = await this.connect();
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
    const { sdk, client } = await this.connect();
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

  async find({ bucket, key }: ObjectLocation): Promise<ObjectSummary | undefined> {
    const { sdk, client } = await this.connect();
    try {
      const found = await client.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key: key }));
      return summary({ ...found, Key: key, Size: found.ContentLength }, false);
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw toStorageError(error, { bucket, key });
    }
  }

  download(object: ObjectLocation & ObjectSummary, path: string, signal?: AbortSignal): Promise<void> {
    if (object.size <= WHOLE_BYTES) return this.downloadHere(object, path, signal);
    this.#thread ??= new DownloadThread(this.#options);
    return this.#thread.download(object, path, signal);
  }

  /** As `download`, by the thread that calls it, however large the object is. */
  async downloadHere(
    object: ObjectLocation & ObjectSummary,
    path: string,
    signal?: AbortSignal,
  ): Promise<void> {
    signal?.throwIfAborted();
    try {
      const { sdk, client } = await this.connect();
      await fetchToFile({ sdk, client, object, signal, slots: this.#slots, patience: this.#patience }, path);
    } catch (error) {
      throw toStorageError(error, object, signal);
    }
  }

  async downloadRange(
    object: ObjectLocation & ObjectSummary,
    range: ByteRange,
    path: string,
    signal?: AbortSignal,
  ): Promise<void> {
    signal?.throwIfAborted();
    try {
      const { sdk, client } = await this.connect();
      const source = { sdk, client, object, signal, slots: this.#slots, patience: this.#patience };
      await fetchRangeToFile(source, range, path);
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
      await sendBody({ ...(await this.connect()), to, options }, body);
    } catch (error) {
      throw toStorageError(error, to, options.signal);
    }
  }

  async delete(target: ObjectLocation): Promise<void> {
    const { sdk, client } = await this.connect();
    try {
      await client.send(new sdk.DeleteObjectCommand({ Bucket: target.bucket, Key: target.key }));
    } catch (error) {
      throw toStorageError(error, target);
    }
  }

  /** Removes the parts of an upload that was not completed. Rejects with `NoSuchUpload` when there is none. */
  async abortUpload({
    bucket,
    key,
    uploadId,
  }: ObjectLocation & { readonly uploadId: string }): Promise<void> {
    const { sdk, client } = await this.connect();
    const input = { Bucket: bucket, Key: key, UploadId: uploadId };
    try {
      await client.send(new sdk.AbortMultipartUploadCommand(input));
    } catch (error) {
      throw toStorageError(error, { bucket, key });
    }
  }

  /** Ends the connections, and what is being downloaded. */
  async close(): Promise<void> {
    await this.#thread?.close();
    (await this.#opened)?.client.destroy();
  }

  /** For what an `ObjectStorage` can't do. */
  connect(): Promise<S3Connection> {
    this.#opened ??= import('@aws-sdk/client-s3').then((sdk) => {
      const client = new sdk.S3Client(this.#config());
      askForChecksums(client);
      return { sdk, client };
    });
    return this.#opened;
  }

  /** Stores other than Amazon's need not know the checksums that the SDK adds of its own accord. */
  #config(): S3ClientConfig {
    const { endpoint, region, credentials, pathStyle } = this.#options;
    return {
      region,
      requestHandler: { connectionTimeout: CONNECT_WITHIN_MS, socketTimeout: this.#patience.stallMs },
      responseChecksumValidation: 'WHEN_REQUIRED',
      ...(credentials ? { credentials } : {}),
      ...(pathStyle === undefined ? {} : { forcePathStyle: pathStyle }),
      ...(endpoint === undefined ? {} : { endpoint, requestChecksumCalculation: 'WHEN_REQUIRED' }),
    };
  }
}

/**
 * Asks for the checksum of each object that is read whole. Not by the SDK's own option, which would check it too: a download checks
 * what it wrote, over all its answers.
 */
function askForChecksums(client: S3Client): void {
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        const { request } = args as { request: { headers: Record<string, string> } };
        if (commandName === 'GetObjectCommand' && request.headers.range === undefined)
          request.headers['x-amz-checksum-mode'] = 'ENABLED';
        return next(args);
      },
    { step: 'build', name: 'askForChecksums' },
  );
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

/** A key as `EncodingType=url` writes it: S3's URL encoding has `+` for a space. */
export const decoded = (key: string): string => decodeURIComponent(key.replaceAll('+', ' '));
