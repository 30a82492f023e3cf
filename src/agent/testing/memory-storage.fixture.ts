import { createHash } from 'node:crypto';
import { open, readFile, writeFile } from 'node:fs/promises';
import {
  type ByteRange,
  type ObjectLocation,
  type ObjectStorage,
  ObjectStorageError,
  type ObjectSummary,
  type UploadOptions,
} from '../../objects/object-storage.ts';

interface MemoryObject {
  readonly body: Buffer;
  readonly summary: ObjectSummary;
  readonly options?: UploadOptions | undefined;
}

/** An object store in memory that really writes the files it downloads. A test may make it fail. */
export class MemoryStorage implements ObjectStorage {
  readonly #buckets = new Map<string, Map<string, MemoryObject>>();
  /** Called before each download and upload, and when half of a download is on the disk. What it throws is the store's failure. */
  onDownload: (key: string, moment: 'start' | 'half', signal?: AbortSignal) => Promise<void> | void =
    () => {};
  onUpload: (key: string) => Promise<void> | void = () => {};
  onDelete: (key: string) => Promise<void> | void = () => {};
  onList: () => void = () => {};
  /** Keys in the order in which their downloads began. */
  readonly downloads: string[] = [];
  lists = 0;

  put(bucket: string, key: string, content: string | Buffer, options?: UploadOptions): void {
    const body = Buffer.from(content);
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    const summary = { key, size: body.length, etag, lastModified: new Date(1_700_000_000_123) };
    this.#bucket(bucket).set(key, { body, summary, options });
  }

  remove(bucket: string, key: string): void {
    this.#bucket(bucket).delete(key);
  }

  async delete({ bucket, key }: ObjectLocation): Promise<void> {
    await this.onDelete(key);
    this.remove(bucket, key);
  }

  get(bucket: string, key: string): Buffer {
    const object = this.#buckets.get(bucket)?.get(key);
    if (!object) throw new ObjectStorageError('NoSuchKey', key);
    return object.body;
  }

  optionsOf(bucket: string, key: string): UploadOptions | undefined {
    return this.#buckets.get(bucket)?.get(key)?.options;
  }

  keys(bucket: string): string[] {
    return [...(this.#buckets.get(bucket)?.keys() ?? [])].sort();
  }

  async bucketExists(bucket: string): Promise<boolean> {
    return this.#buckets.has(bucket);
  }

  async *list(bucket: string, prefix: string): AsyncGenerator<ObjectSummary> {
    this.lists += 1;
    this.onList();
    const objects = this.#buckets.get(bucket);
    if (!objects) throw new ObjectStorageError('NoSuchBucket', 'The specified bucket does not exist');
    const keys = [...objects.keys()].filter((key) => key.startsWith(prefix));
    for (const key of keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))) {
      const object = objects.get(key);
      if (object) yield object.summary;
    }
  }

  async find({ bucket, key }: ObjectLocation): Promise<ObjectSummary | undefined> {
    return this.#buckets.get(bucket)?.get(key)?.summary;
  }

  async download(object: ObjectLocation & ObjectSummary, path: string, signal?: AbortSignal): Promise<void> {
    this.downloads.push(object.key);
    await this.onDownload(object.key, 'start', signal);
    signal?.throwIfAborted();
    const stored = this.#buckets.get(object.bucket)?.get(object.key);
    if (!stored) throw new ObjectStorageError('NoSuchKey', 'The specified key does not exist.');
    if (stored.summary.etag !== object.etag)
      throw new ObjectStorageError('PreconditionFailed', 'it has changed');
    // 'wx': the agent must not let a download meet a file that is there already.
    await using file = await open(path, 'wx');
    const half = Math.floor(stored.body.length / 2);
    await file.write(stored.body.subarray(0, half));
    await this.onDownload(object.key, 'half', signal);
    signal?.throwIfAborted();
    await file.write(stored.body.subarray(half));
  }

  async downloadRange(
    object: ObjectLocation & ObjectSummary,
    { start, length }: ByteRange,
    path: string,
    signal?: AbortSignal,
  ): Promise<void> {
    await this.download(object, path, signal);
    const whole = await readFile(path);
    await writeFile(path, whole.subarray(start, start + length));
  }

  async upload(
    target: ObjectLocation,
    body: AsyncIterable<Uint8Array>,
    options?: UploadOptions,
  ): Promise<void> {
    await this.onUpload(target.key);
    if (!this.#buckets.has(target.bucket))
      throw new ObjectStorageError('NoSuchBucket', 'The specified bucket does not exist');
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) {
      options?.signal?.throwIfAborted();
      chunks.push(chunk);
    }
    this.put(target.bucket, target.key, Buffer.concat(chunks), options);
  }

  #bucket(name: string): Map<string, MemoryObject> {
    const bucket = this.#buckets.get(name) ?? new Map<string, MemoryObject>();
    this.#buckets.set(name, bucket);
    return bucket;
  }
}
