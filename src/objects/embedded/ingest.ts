import { randomBytes } from 'node:crypto';
import type { Database } from '../../store/database.ts';
import { ownBlob } from '../../store/objects/own-blob.ts';
import { type BlobKey, decryptorAt, encryptor } from './blob-cipher.ts';
import type { BlobFiles } from './blob-files.ts';
import { chunksOf } from './blob-reader.ts';
import { BlobWriter } from './blob-writer.ts';
import { createHasher, type Hasher } from './checksum.ts';
import type { Blob, ChecksumAlgorithm, PutOptions } from './embedded-store.ts';
import type { KeyRing } from './key-ring.ts';
import { badDigest } from './refusals.ts';

/** Bytes that are on the disk, but that no row names yet. */
export interface Ingested {
  readonly size: number;
  /** The MD5 in hex. */
  readonly etag: string;
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value: string };
  /** Absent when there are no bytes. */
  readonly blob?: Blob;
}

export type IngestOptions = Pick<
  PutOptions,
  'encryption' | 'checksumAlgorithm' | 'contentMd5' | 'expectedChecksum'
>;

/** Brings bodies in: first their bytes to the disk, then the rows that name them, so that a row's bytes are always there. */
export class Ingest {
  readonly #database: Database;
  readonly #files: BlobFiles;
  readonly #keys: KeyRing;

  constructor(database: Database, files: BlobFiles, keys: KeyRing) {
    this.#database = database;
    this.#files = files;
    this.#keys = keys;
  }

  /** Brings a body to the disk, encrypted as asked, and checks it. Rejects with BadDigest, or with what the body failed with. */
  async take(body: AsyncIterable<Uint8Array>, options: IngestOptions): Promise<Ingested> {
    const id = randomBytes(16).toString('hex');
    const sealed = options.encryption && this.#keys.seal(options.encryption, id);
    const md5 = createHasher('MD5');
    const asked = options.checksumAlgorithm && createHasher(options.checksumAlgorithm);
    try {
      const writer = new BlobWriter(
        this.#files,
        id,
        asked ? [md5, asked] : [md5],
        sealed && encryptor(sealed.key),
      );
      await writer.writeAll(body);
      const { size } = writer;
      const blob = size === 0 ? undefined : { id, size, ...(sealed ? { cipher: sealed.cipher } : {}) };
      const digest = await md5.digest();
      checkMd5(digest, options.contentMd5);
      const checksum = await this.#checksum(options, asked, blob, sealed?.key);
      return {
        size,
        etag: digest.toString('hex'),
        ...(checksum ? { checksum } : {}),
        ...(blob ? { blob } : {}),
      };
    } catch (error) {
      this.#files.discard(id);
      throw error;
    }
  }

  /** Commits what `work` writes to the database, and with it the bytes. When `work` throws, the bytes are gone too. */
  commit<T>({ blob }: Ingested, work: () => T): T {
    if (!blob) return this.#database.transaction(work);
    let result: T;
    try {
      result = this.#database.transaction(() => {
        ownBlob(this.#database, blob.id);
        return work();
      });
    } catch (error) {
      this.#files.discard(blob.id);
      throw error;
    }
    this.#files.land(blob.id);
    return result;
  }

  async #checksum(
    options: IngestOptions,
    asked: Hasher | undefined,
    blob: Blob | undefined,
    key: BlobKey | undefined,
  ): Promise<Ingested['checksum']> {
    const expected = options.expectedChecksum?.();
    const algorithm = options.checksumAlgorithm ?? expected?.algorithm;
    if (!algorithm) return undefined;
    const sum = async (other: ChecksumAlgorithm) => (await this.#reread(other, blob, key)).digest();
    const value = (asked ? await asked.digest() : await sum(algorithm)).toString('base64');
    if (expected) {
      const actual =
        expected.algorithm === algorithm ? value : (await sum(expected.algorithm)).toString('base64');
      if (actual !== expected.value) throw badDigest(expected.algorithm);
    }
    return { algorithm, value };
  }

  /** Hashes what was written with an algorithm that was named only after the bytes (a trailer's). */
  async #reread(
    algorithm: ChecksumAlgorithm,
    blob: Blob | undefined,
    key: BlobKey | undefined,
  ): Promise<Hasher> {
    const hasher = createHasher(algorithm);
    if (!blob) return hasher;
    const file = await this.#files.openIncoming(blob.id);
    try {
      const run = { blob, start: 0, length: blob.size, position: 0 };
      for await (const chunk of chunksOf(file, run, key && decryptorAt(key, 0))) hasher.update(chunk);
    } finally {
      await file.close();
    }
    return hasher;
  }
}

function checkMd5(actual: Buffer, expected: string | undefined): void {
  if (expected !== undefined && actual.toString('base64') !== expected) throw badDigest('Content-MD5');
}
