/** What the service itself does with S3, whichever store stands behind it: the embedded one, or another by the AWS SDK. */
export interface ObjectStorage {
  bucketExists(bucket: string): Promise<boolean>;
  /** The objects whose keys start with `prefix`, in key order (UTF-8 bytes), page by page behind the scenes. */
  list(bucket: string, prefix: string, options?: { readonly limit?: number }): AsyncIterable<ObjectSummary>;
  /** Brings one object to a new file at `path`, whose folder exists. Rejects when it is not the one that was listed. */
  download(object: ObjectLocation & ObjectSummary, path: string, signal?: AbortSignal): Promise<void>;
  /** Stores what `body` yields. The object appears whole or not at all. */
  upload(target: ObjectLocation, body: AsyncIterable<Uint8Array>, options?: UploadOptions): Promise<void>;
}

export interface ObjectLocation {
  readonly bucket: string;
  readonly key: string;
}

export interface ObjectSummary {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** With its quotes. */
  readonly etag: string;
  readonly lastModified: Date;
}

export interface UploadOptions {
  readonly contentType?: string;
  /** Encrypt with this key (SSE-KMS) instead of the bucket's default. */
  readonly kmsKeyId?: string;
  readonly signal?: AbortSignal;
}

/** A store's refusal or failure. `code` is S3's own: NoSuchBucket, NoSuchKey, PreconditionFailed, … */
export class ObjectStorageError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'ObjectStorageError';
    this.code = code;
  }
}

/** The parts of `s3://bucket/key` (also `https://bucket/key`, as the API's pattern allows). The key may be empty. */
export function parseS3Uri(uri: string): ObjectLocation {
  const match = /^(?:https|s3):\/\/([^/]+)\/?(.*)$/s.exec(uri);
  if (!match?.[1]) throw new ObjectStorageError('InvalidURI', `not an S3 URI: ${uri}`);
  return { bucket: match[1], key: match[2] ?? '' };
}
