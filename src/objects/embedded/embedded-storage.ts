import { abortable } from '../abortable.ts';
import {
  type ObjectLocation,
  type ObjectStorage,
  ObjectStorageError,
  type ObjectSummary,
  type UploadOptions,
} from '../object-storage.ts';
import type { StoredObject } from './embedded-store.ts';
import type { FolderStore } from './folder-store.ts';

const PAGE = 1000;

/** The service's own way to the embedded store: its files and rows, without HTTP between. */
export class EmbeddedStorage implements ObjectStorage {
  readonly #store: FolderStore;

  constructor(store: FolderStore) {
    this.#store = store;
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
    do {
      const place = after === undefined ? {} : { after };
      const page = this.#store.list({ bucket, prefix, limit: Math.min(PAGE, left), ...place });
      for (const object of page.objects) yield summary(object);
      left -= page.objects.length;
      after = page.next;
    } while (after !== undefined && left > 0);
  }

  async download(listed: ObjectLocation & ObjectSummary, path: string, signal?: AbortSignal): Promise<void> {
    const object = this.#store.head(listed);
    if (object.size !== listed.size || quoted(object.etag) !== listed.etag) {
      throw new ObjectStorageError(
        'PreconditionFailed',
        `s3://${listed.bucket}/${listed.key} was replaced after it was listed`,
      );
    }
    await this.#store.copyOut(object, path, signal);
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
}

const quoted = (etag: string) => `"${etag}"`;

const summary = ({ key, size, etag, modifiedAt }: StoredObject): ObjectSummary => ({
  key,
  size,
  etag: quoted(etag),
  lastModified: new Date(modifiedAt),
});
