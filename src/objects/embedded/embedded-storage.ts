import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { BriefObject } from '../../store/objects/list-briefly.ts';
import { abortable } from '../abortable.ts';
import {
  type ByteRange,
  type ObjectLocation,
  type ObjectStorage,
  ObjectStorageError,
  type ObjectSummary,
  type UploadOptions,
} from '../object-storage.ts';
import type { StoredObject } from './embedded-store.ts';
import type { FolderStore } from './folder-store.ts';
import { isAsListed, quoted, replaced } from './listed.ts';
import { StoredFiles } from './stored-files.ts';

const PAGE = 1000;

const NOT_THERE: ReadonlySet<string> = new Set(['NoSuchBucket', 'NoSuchKey']);

/** The service's own way to the embedded store: its files and rows, without HTTP between. */
export class EmbeddedStorage implements ObjectStorage {
  readonly files: StoredFiles;
  readonly #store: FolderStore;

  constructor(store: FolderStore) {
    this.#store = store;
    this.files = new StoredFiles(store);
  }

  async bucketExists(bucket: string): Promise<boolean> {
    try {
      this.#store.headBucket(bucket);
      return true;
    } catch (error) {
      if (error instanceof ObjectStorageError && error.code === 'NoSuchBucket') return false;
      throw error;
    }
  }

  async *list(
    bucket: string,
    prefix: string,
    options?: { readonly limit?: number },
  ): AsyncIterable<ObjectSummary> {
    let left = options?.limit ?? Number.POSITIVE_INFINITY;
    let after: string | undefined;
    while (left > 0) {
      const most = Math.min(PAGE, left);
      const page = this.#store.listBriefly(bucket, prefix, most, after);
      for (const object of page) yield summary(object);
      if (page.length < most) return;
      left -= page.length;
      after = page.at(-1)?.key;
    }
  }

  async find(location: ObjectLocation): Promise<ObjectSummary | undefined> {
    try {
      return summary(this.#store.head(location));
    } catch (error) {
      if (error instanceof ObjectStorageError && NOT_THERE.has(error.code)) return undefined;
      throw error;
    }
  }

  async download(listed: ObjectLocation & ObjectSummary, path: string, signal?: AbortSignal): Promise<void> {
    const object = this.#store.content(listed);
    if (!isAsListed(object, listed)) throw replaced(listed);
    await this.#store.copyOut(object, path, signal);
  }

  async downloadRange(
    listed: ObjectLocation & ObjectSummary,
    range: ByteRange,
    path: string,
    signal?: AbortSignal,
  ): Promise<void> {
    const bytes = this.#store.read(this.#asListed(listed), range);
    await pipeline(bytes, createWriteStream(path, { flags: 'wx', mode: 0o644 }), signal ? { signal } : {});
  }

  async link(listed: ObjectLocation & ObjectSummary, path: string): Promise<number | undefined> {
    return this.#store.linkFiles(this.#asListed(listed), path);
  }

  async upload(
    target: ObjectLocation,
    body: AsyncIterable<Uint8Array>,
    options: UploadOptions = {},
  ): Promise<void> {
    const { contentType = 'binary/octet-stream', kmsKeyId, signal } = options;
    signal?.throwIfAborted();
    await this.#store.put(target, signal ? abortable(body, signal) : body, {
      headers: { 'content-type': contentType },
      metadata: {},
      ...(kmsKeyId === undefined ? {} : { encryption: { kind: 'aws:kms', keyId: kmsKeyId } }),
    });
  }

  async delete(target: ObjectLocation): Promise<void> {
    this.#store.delete(target);
  }

  /** The object, if it is still the one that was listed. */
  #asListed(listed: ObjectLocation & ObjectSummary): StoredObject {
    const object = this.#store.head(listed);
    if (!isAsListed(object, listed)) throw replaced(listed);
    return object;
  }
}

const summary = ({ key, size, etag, modifiedAt }: BriefObject): ObjectSummary => ({
  key,
  size,
  etag: quoted(etag),
  lastModified: new Date(modifiedAt),
});
