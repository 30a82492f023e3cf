import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Clock } from '../../clock/clock.ts';
import type { Database } from '../../store/database.ts';
import { createBucket } from '../../store/objects/create-bucket.ts';
import { deleteBucket, hasObjects } from '../../store/objects/delete-bucket.ts';
import { deleteObject } from '../../store/objects/delete-object.ts';
import { doomBlobs } from '../../store/objects/doom-blobs.ts';
import { findBucket, listBuckets } from '../../store/objects/find-bucket.ts';
import { findContent, type ObjectContent } from '../../store/objects/find-content.ts';
import { findObject } from '../../store/objects/find-object.ts';
import { afterPrefix, toBytes } from '../../store/objects/keys.ts';
import { type BriefObject, listBriefly } from '../../store/objects/list-briefly.ts';
import { type ListedContent, listContents } from '../../store/objects/list-contents.ts';
import { ownsBlob } from '../../store/objects/own-blob.ts';
import { abortable } from '../abortable.ts';
import { type ObjectLocation, ObjectStorageError } from '../object-storage.ts';
import type { CompletedPart } from './assemble.ts';
import { BlobFiles } from './blob-files.ts';
import { BlobReader } from './blob-reader.ts';
import { runsOf } from './blob-runs.ts';
import { copyOut } from './copy-out.ts';
import type {
  Blob,
  BucketInfo,
  CopyOptions,
  EmbeddedStore,
  ListPage,
  ListQuery,
  MultipartUpload,
  ObjectAttributes,
  PutOptions,
  StoredObject,
  StoredPart,
  UploadRef,
} from './embedded-store.ts';
import { Ingest } from './ingest.ts';
import { joinParts } from './join-parts.ts';
import type { KeyRing } from './key-ring.ts';
import { LinkedFolders } from './linked-folders.ts';
import { listPage } from './list-page.ts';
import { type CompleteOptions, Multipart } from './multipart.ts';
import { checkBucketName, checkKey } from './names.ts';
import { placeObject } from './place-object.ts';
import { Reclaimer } from './reclaimer.ts';
import { noSuchBucket, noSuchKey } from './refusals.ts';
import { streamOf } from './stream-of.ts';

export interface FolderStoreOptions {
  /** Where the bytes are. One store at a time uses it. */
  readonly folder: string;
  readonly database: Database;
  readonly keys: KeyRing;
  readonly clock: Clock;
}

/** The embedded store: bytes under a folder, everything else in the database. Making one finishes what a crash interrupted. */
export class FolderStore implements EmbeddedStore {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #keys: KeyRing;
  readonly #files: BlobFiles;
  readonly #reader: BlobReader;
  readonly #reclaimer: Reclaimer;
  readonly #ingest: Ingest;
  readonly #multipart: Multipart;
  /** Folders that show objects of the store as files. */
  readonly folders: LinkedFolders;

  constructor({ folder, database, keys, clock }: FolderStoreOptions) {
    this.#database = database;
    this.#clock = clock;
    this.#keys = keys;
    this.#files = new BlobFiles(folder);
    this.#files.recover((id) => ownsBlob(database, id));
    this.#reader = new BlobReader(this.#files, keys);
    this.folders = new LinkedFolders(join(folder, 'shown'));
    // Who removes objects wants the disk space: folders that nobody reads must not keep it.
    const onLinked = () => this.folders.outdate();
    this.#reclaimer = new Reclaimer({ database, files: this.#files, clock, onLinked });
    this.#reclaimer.start();
    this.#ingest = new Ingest(database, this.#files, keys);
    this.#multipart = new Multipart({ database, clock, ingest: this.#ingest, reclaimer: this.#reclaimer });
  }

  /** Waits for the removals under way. Nothing else may be called any more. */
  async close(): Promise<void> {
    await this.#reclaimer.close();
    await this.folders.close();
  }

  createBucket(bucket: string): BucketInfo {
    checkBucketName(bucket);
    if (!createBucket(this.#database, bucket, this.#clock.now())) {
      const message = 'Your previous request to create the named bucket succeeded and you already own it.';
      throw new ObjectStorageError('BucketAlreadyOwnedByYou', message);
    }
    return this.headBucket(bucket);
  }

  headBucket(bucket: string): BucketInfo {
    const found = findBucket(this.#database, bucket);
    if (!found) throw noSuchBucket(bucket);
    return found;
  }

  listBuckets(): BucketInfo[] {
    return listBuckets(this.#database);
  }

  /** Uploads in progress do not keep a bucket; they end with it, as S3's do. */
  deleteBucket(bucket: string): void {
    this.#database.transaction(() => {
      this.headBucket(bucket);
      if (hasObjects(this.#database, bucket)) {
        throw new ObjectStorageError('BucketNotEmpty', 'The bucket you tried to delete is not empty');
      }
      for (const upload of this.#multipart.list(bucket, '')) this.#multipart.abort(upload);
      deleteBucket(this.#database, bucket);
    });
    this.#reclaimer.wake();
  }

  async put(
    target: ObjectLocation,
    body: AsyncIterable<Uint8Array>,
    options: PutOptions,
  ): Promise<StoredObject> {
    const attributes = this.#attributesFor(target, options);
    const ingested = await this.#ingest.take(body, { ...options, ...attributes });
    const object: StoredObject = {
      ...attributes,
      bucket: target.bucket,
      key: target.key,
      size: ingested.size,
      etag: ingested.etag,
      modifiedAt: this.#clock.now(),
      blobs: ingested.blob ? [ingested.blob] : [],
      ...(ingested.checksum ? { checksum: { ...ingested.checksum, type: 'FULL_OBJECT' } } : {}),
    };
    this.#ingest.commit(ingested, () => placeObject(this.#database, object, options.conditions));
    this.#reclaimer.wake();
    return object;
  }

  head(source: ObjectLocation): StoredObject {
    const object = findObject(this.#database, source);
    if (object) return object;
    this.headBucket(source.bucket);
    throw noSuchKey(source.key);
  }

  /** The stream must be read to its end or destroyed: until then the bytes stay on the disk, whatever becomes of the object. */
  read(object: StoredObject, range?: { readonly start: number; readonly length: number }): Readable {
    const runs = runsOf(object, range?.start, range?.length);
    const release = this.#reclaimer.hold(runs.map((run) => run.blob));
    return streamOf(this.#reader.chunks(runs)).once('close', release);
  }

  /** As `head`, for who only wants the bytes. */
  content(source: ObjectLocation): ObjectContent {
    return findContent(this.#database, source) ?? this.head(source);
  }

  /** Copies an object to a new file at `path`, at the speed of the disk. */
  async copyOut(object: ObjectContent, path: string, signal?: AbortSignal): Promise<void> {
    const release = this.#reclaimer.hold(object.blobs);
    try {
      await copyOut(object, path, { files: this.#files, reader: this.#reader, signal });
    } finally {
      release();
    }
  }

  /**
   * Makes all files of an object's bytes visible, as `<path>.0` and so on, for who can't change them there. Their number; undefined
   * where that can't be: the object is encrypted, gone, or on another file system.
   */
  linkFiles({ blobs }: StoredObject, path: string): number | undefined {
    const linked = blobs.every(({ id, cipher }, at) => !cipher && this.#files.link(id, `${path}.${at}`));
    return linked ? blobs.length : undefined;
  }

  /**
   * Makes the file of an object's bytes visible at `path` too. Only for who can't change it there. False where that can't be: the
   * object is encrypted, in several files or none, gone, or on another file system.
   */
  linkOut([only, ...others]: readonly Blob[], path: string): boolean {
    return only !== undefined && others.length === 0 && !only.cipher && this.#files.link(only.id, path);
  }

  /** Brings the parts of an object together in one file, for good, so that it can be linked out. Undefined: there is no use in it. */
  async join(object: StoredObject, signal: AbortSignal): Promise<StoredObject | undefined> {
    const body = this.read(object);
    try {
      const joined = await joinParts(object, abortable(body, signal), {
        database: this.#database,
        ingest: this.#ingest,
        now: () => this.#clock.now(),
      });
      this.#reclaimer.wake();
      return joined;
    } finally {
      body.destroy();
    }
  }

  async copy(source: StoredObject, target: ObjectLocation, options: CopyOptions): Promise<StoredObject> {
    const { attributes = source, tagging = source.tagging, encryption, conditions } = options;
    const checksumAlgorithm = options.checksumAlgorithm ?? source.checksum?.algorithm;
    const body = this.read(source);
    try {
      return await this.put(target, body, {
        headers: attributes.headers,
        metadata: attributes.metadata,
        ...(tagging === undefined ? {} : { tagging }),
        ...(encryption ? { encryption } : {}),
        ...(checksumAlgorithm ? { checksumAlgorithm } : {}),
        ...(conditions ? { conditions } : {}),
      });
    } finally {
      body.destroy();
    }
  }

  delete(target: ObjectLocation): void {
    this.#database.transaction(() => {
      this.headBucket(target.bucket);
      const object = findObject(this.#database, target);
      if (!object) return;
      deleteObject(this.#database, target);
      doomBlobs(this.#database, object.blobs, this.#clock.now());
    });
    this.#reclaimer.wake();
  }

  list(query: ListQuery): ListPage {
    this.headBucket(query.bucket);
    return listPage(this.#database, query);
  }

  /** At most `limit` objects whose keys start with `prefix`, and come after `after`, in key order. */
  listBriefly(bucket: string, prefix: string, limit: number, after?: string): BriefObject[] {
    this.headBucket(bucket);
    const { from, below } = keysOf(prefix, after);
    return listBriefly(this.#database, bucket, from, below, limit);
  }

  /** As `listBriefly`, with where the bytes are. */
  listContents(bucket: string, prefix: string, limit: number, after?: string): ListedContent[] {
    this.headBucket(bucket);
    const { from, below } = keysOf(prefix, after);
    return listContents(this.#database, bucket, from, below, limit);
  }

  createUpload(target: ObjectLocation, options: ObjectAttributes): MultipartUpload {
    return this.#multipart.create(target, {
      ...this.#attributesFor(target, options),
      ...(options.checksumType ? { checksumType: options.checksumType } : {}),
    });
  }

  putPart(
    upload: UploadRef,
    partNumber: number,
    body: AsyncIterable<Uint8Array>,
    options: PutOptions,
  ): Promise<StoredPart> {
    return this.#multipart.putPart(upload, partNumber, body, options);
  }

  listParts(
    upload: UploadRef,
    after: number,
    limit: number,
  ): { readonly parts: StoredPart[]; readonly more: boolean } {
    return this.#multipart.listParts(upload, after, limit);
  }

  listUploads(bucket: string, prefix: string): MultipartUpload[] {
    this.headBucket(bucket);
    return this.#multipart.list(bucket, prefix);
  }

  async completeUpload(
    upload: UploadRef,
    parts: readonly CompletedPart[],
    options: CompleteOptions,
  ): Promise<StoredObject> {
    return this.#multipart.complete(upload, parts, options);
  }

  findCompleted(upload: UploadRef, etags: readonly string[]): StoredObject | undefined {
    return this.#multipart.findCompleted(upload, etags);
  }

  getUpload(upload: UploadRef): MultipartUpload {
    return this.#multipart.get(upload);
  }

  abortUpload(upload: UploadRef): void {
    this.#multipart.abort(upload);
    this.#reclaimer.wake();
  }

  /** Checks where an object is to go and how it is to be encrypted; what it is to carry, the key by its ARN. */
  #attributesFor(target: ObjectLocation, options: ObjectAttributes): ObjectAttributes {
    checkKey(target.key);
    this.headBucket(target.bucket);
    const { headers, metadata, encryption, checksumAlgorithm, tagging } = options;
    return {
      headers,
      metadata,
      ...(encryption ? { encryption: this.#resolved(encryption) } : {}),
      ...(checksumAlgorithm ? { checksumAlgorithm } : {}),
      ...(tagging === undefined ? {} : { tagging }),
    };
  }

  #resolved(
    encryption: NonNullable<ObjectAttributes['encryption']>,
  ): NonNullable<ObjectAttributes['encryption']> {
    if (encryption.kind === 'AES256') return encryption;
    return { ...encryption, keyId: this.#keys.resolve(encryption.keyId) };
  }
}

/** The keys that start with `prefix` and come after `after`: from the first one to the one that is below no more. */
function keysOf(prefix: string, after: string | undefined) {
  const start = toBytes(prefix);
  const from = after === undefined ? start : Buffer.concat([toBytes(after), Buffer.of(0)]);
  return { from, below: afterPrefix(start) };
}
