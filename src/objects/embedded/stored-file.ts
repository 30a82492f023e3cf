import type { ListedContent } from '../../store/objects/list-contents.ts';
import type { ObjectFile } from '../object-storage.ts';
import type { Blob } from './embedded-store.ts';
import type { FolderStore } from './folder-store.ts';
import { isAsListed, quoted, replaced } from './listed.ts';

/** An object of the embedded store as a file. There may be very many: what not all of them need is made when it is asked for. */
export class StoredFile implements ObjectFile {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly modifiedAt: number;
  readonly #blobs: string;
  readonly #bucket: string;
  readonly #store: FolderStore;

  constructor(store: FolderStore, bucket: string, { key, size, etag, modifiedAt, blobs }: ListedContent) {
    this.key = key;
    this.size = size;
    this.etag = quoted(etag);
    this.modifiedAt = modifiedAt;
    this.#blobs = blobs;
    this.#bucket = bucket;
    this.#store = store;
  }

  get lastModified(): Date {
    return new Date(this.modifiedAt);
  }

  link(path: string): boolean {
    return this.#store.linkOut(JSON.parse(this.#blobs) as Blob[], path);
  }

  async linkJoined(path: string, signal: AbortSignal): Promise<boolean> {
    const location = { bucket: this.#bucket, key: this.key };
    const object = this.#store.head(location);
    if (!isAsListed(object, this)) throw replaced(location);
    // Another job may have joined it since it was listed.
    if (this.#store.linkOut(object.blobs, path)) return true;
    const joined = await this.#store.join(object, signal);
    return joined !== undefined && this.#store.linkOut(joined.blobs, path);
  }
}
