import type { Cipheriv } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { BlobFiles } from './blob-files.ts';
import type { Hasher } from './checksum.ts';

/** Bytes that are hashed, encrypted and written at once; two such buffers are in use per writer. */
const BATCH_BYTES = 512 * 1024;

/**
 * Writes the bytes of one blob: while one batch goes to the disk, the next one comes in. The file is made with the first byte; an
 * empty body makes none.
 */
export class BlobWriter {
  readonly #files: BlobFiles;
  readonly #id: string;
  readonly #hashers: readonly Hasher[];
  readonly #cipher: Cipheriv | undefined;
  #file: FileHandle | undefined;
  #entrySynced: Promise<void> = Promise.resolve();
  #batch: Buffer | undefined;
  #spare: Buffer | undefined;
  #filled = 0;
  #writing: Promise<void> = Promise.resolve();
  #size = 0;

  constructor(files: BlobFiles, id: string, hashers: readonly Hasher[], cipher: Cipheriv | undefined) {
    this.#files = files;
    this.#id = id;
    this.#hashers = hashers;
    this.#cipher = cipher;
  }

  /** Bytes taken so far. */
  get size(): number {
    return this.#size;
  }

  /** Takes all of `body` and brings it to the disk. The caller discards the file when this rejects. */
  async writeAll(body: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const chunk of body) await this.#take(chunk);
      if (this.#batch && this.#filled > 0) await this.#flush(this.#batch);
      await this.#writing;
      await this.#file?.sync();
      await this.#entrySynced;
    } finally {
      await this.#writing.catch(() => undefined);
      await this.#file?.close();
    }
  }

  async #take(chunk: Uint8Array): Promise<void> {
    for (let taken = 0; taken < chunk.length; ) {
      this.#batch ??= Buffer.allocUnsafeSlow(BATCH_BYTES);
      const piece = chunk.subarray(taken, taken + BATCH_BYTES - this.#filled);
      this.#batch.set(piece, this.#filled);
      this.#filled += piece.length;
      taken += piece.length;
      if (this.#filled === BATCH_BYTES) await this.#flush(this.#batch);
    }
  }

  async #flush(batch: Buffer): Promise<void> {
    const plain = batch.subarray(0, this.#filled);
    for (const hasher of this.#hashers) hasher.update(plain);
    const bytes = this.#cipher ? this.#cipher.update(plain) : plain;
    this.#size += plain.length;
    await this.#writing;
    const file = this.#file ?? (await this.#create());
    this.#writing = writeFully(file, bytes);
    this.#writing.catch(() => undefined);
    this.#batch = this.#spare;
    this.#spare = batch;
    this.#filled = 0;
  }

  async #create(): Promise<FileHandle> {
    this.#file = await this.#files.create(this.#id);
    this.#entrySynced = this.#files.syncEntries();
    this.#entrySynced.catch(() => undefined);
    return this.#file;
  }
}

async function writeFully(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, written);
    written += bytesWritten;
  }
}
