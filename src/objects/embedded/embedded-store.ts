import type { Readable } from 'node:stream';
import type { ObjectLocation } from '../object-storage.ts';

/**
 * The embedded object store: bytes in a folder, what is known of them in the database. Every write is atomic and durable: when a
 * call resolves, the object survives a kill; before that, readers see what was there. Rejections are `ObjectStorageError`s with
 * S3's codes. Keys may be anything S3 allows; they never become file names.
 */
export interface EmbeddedStore {
  createBucket(bucket: string): BucketInfo;
  headBucket(bucket: string): BucketInfo;
  listBuckets(): BucketInfo[];
  deleteBucket(bucket: string): void;

  put(target: ObjectLocation, body: AsyncIterable<Uint8Array>, options: PutOptions): Promise<StoredObject>;
  head(source: ObjectLocation): StoredObject;
  /** The plain bytes of an object, or `length` of them from `start`. */
  read(object: StoredObject, range?: { readonly start: number; readonly length: number }): Readable;
  copy(source: StoredObject, target: ObjectLocation, options: CopyOptions): Promise<StoredObject>;
  /** Deleting what is not there succeeds. */
  delete(target: ObjectLocation): void;
  list(query: ListQuery): ListPage;

  createUpload(target: ObjectLocation, options: ObjectAttributes): MultipartUpload;
  putPart(
    upload: UploadRef,
    partNumber: number,
    body: AsyncIterable<Uint8Array>,
    options: PutOptions,
  ): Promise<StoredPart>;
  listParts(
    upload: UploadRef,
    after: number,
    limit: number,
  ): { readonly parts: StoredPart[]; readonly more: boolean };
  listUploads(bucket: string, prefix: string): MultipartUpload[];
  completeUpload(
    upload: UploadRef,
    parts: readonly { readonly partNumber: number; readonly etag: string; readonly checksum?: string }[],
    options: { readonly conditions?: WriteConditions },
  ): Promise<StoredObject>;
  /** The object that an upload of parts with these ETags was completed to, for as long as that is the object of its key. */
  findCompleted(upload: UploadRef, etags: readonly string[]): StoredObject | undefined;
  getUpload(upload: UploadRef): MultipartUpload;
  abortUpload(upload: UploadRef): void;
}

export interface BucketInfo {
  readonly name: string;
  readonly createdAt: number;
}

/** What a client says of an object besides its bytes. */
export interface ObjectAttributes {
  /** The stored HTTP headers: content-type, content-encoding, cache-control, content-disposition, content-language, expires. */
  readonly headers: Readonly<Record<string, string>>;
  /** `x-amz-meta-*` without the prefix, lower-cased names. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly encryption?: Encryption;
  /** The checksum algorithm that the object is to carry. */
  readonly checksumAlgorithm?: ChecksumAlgorithm;
  /** For multipart uploads. */
  readonly checksumType?: 'COMPOSITE' | 'FULL_OBJECT';
  /** `x-amz-tagging`, verbatim. */
  readonly tagging?: string;
}

export type ChecksumAlgorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256';

export type Encryption =
  | { readonly kind: 'AES256' }
  | { readonly kind: 'aws:kms'; readonly keyId: string; readonly bucketKey?: boolean };

export interface PutOptions extends ObjectAttributes {
  /** Base64 of the MD5 that the body must have (`Content-MD5`); else BadDigest. */
  readonly contentMd5?: string;
  /** Asked for once the body has been read, as trailers come last: the checksum (base64) it must have; else BadDigest. */
  readonly expectedChecksum?: () =>
    | { readonly algorithm: ChecksumAlgorithm; readonly value: string }
    | undefined;
  readonly conditions?: WriteConditions;
}

/** Checked in the same transaction that makes the object visible; else PreconditionFailed. */
export interface WriteConditions {
  readonly ifMatch?: string;
  /** Only `*`: the key must not exist. */
  readonly ifNoneMatch?: '*';
}

export interface CopyOptions {
  /** Absent: the source's own (`x-amz-metadata-directive: COPY`). */
  readonly attributes?: Pick<ObjectAttributes, 'headers' | 'metadata'>;
  readonly tagging?: string;
  readonly encryption?: Encryption;
  readonly checksumAlgorithm?: ChecksumAlgorithm;
  readonly conditions?: WriteConditions;
}

export interface StoredObject extends ObjectAttributes {
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  /** Without quotes: the MD5 in hex, or `<md5 of md5s>-<parts>` for multipart objects. */
  readonly etag: string;
  /** Epoch milliseconds. */
  readonly modifiedAt: number;
  readonly checksum?: {
    readonly algorithm: ChecksumAlgorithm;
    readonly value: string;
    readonly type: 'COMPOSITE' | 'FULL_OBJECT';
  };
  /** The sizes of its parts, when it was uploaded in parts. */
  readonly partSizes?: readonly number[];
  /** The upload that made it, when it was uploaded in parts. */
  readonly uploadId?: string;
  /** Where its bytes are: internal to the store. */
  readonly blobs: readonly Blob[];
}

/** A run of bytes in one file. */
export interface Blob {
  readonly id: string;
  readonly size: number;
  /** How its file is encrypted, absent when it is plain. */
  readonly cipher?: { readonly keyId: string; readonly wrappedKey: string; readonly nonce: string };
}

export interface ListQuery {
  readonly bucket: string;
  readonly prefix: string;
  readonly delimiter?: string;
  /** Keys (and common prefixes) after this one only. */
  readonly after?: string;
  /** Objects and common prefixes together. */
  readonly limit: number;
}

export interface ListPage {
  readonly objects: readonly StoredObject[];
  readonly commonPrefixes: readonly string[];
  /** Where the next page starts (`after`), absent on the last one. */
  readonly next?: string;
}

export interface UploadRef extends ObjectLocation {
  readonly uploadId: string;
}

export interface MultipartUpload extends UploadRef {
  readonly createdAt: number;
  readonly attributes: ObjectAttributes;
}

export interface StoredPart {
  readonly partNumber: number;
  readonly size: number;
  readonly etag: string;
  readonly modifiedAt: number;
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value: string };
}
