import type { Decipheriv } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { decryptorAt } from './blob-cipher.ts';
import { type BlobFiles, isNotFound } from './blob-files.ts';
import type { BlobRun } from './blob-runs.ts';
import type { Blob } from './embedded-store.ts';
import type { KeyRing } from './key-ring.ts';
import { bytesMissing } from './refusals.ts';

const CHUNK_BYTES = 512 * 1024;

/** Reads the plain bytes of blobs. Callers hold the blobs meanwhile. */
export class BlobReader {
  readonly #files: BlobFiles;
  readonly #keys: KeyRing;

  constructor(files: BlobFiles, keys: KeyRing) {
    this.#files = files;
    this.#keys = keys;
  }

  /** The bytes of the runs in order, in chunks that belong to the caller. */
  async *chunks(runs: readonly BlobRun[]): AsyncGenerator<Buffer> {
    for (const run of runs) {
      const file = await this.#open(run.blob);
      try {
        yield* chunksOf(file, run, this.decryptor(run));
      } finally {
        await file.close();
      }
    }
  }

  /** Fills the start of `buffer` with the run's bytes, as they are in the file. */
  async fill(buffer: Buffer, run: BlobRun): Promise<void> {
    const file = await this.#open(run.blob);
    try {
      await readFully(file, buffer.subarray(0, run.length), run);
    } finally {
      await file.close();
    }
  }

  /** What decrypts the run's bytes; absent when they are plain. */
  decryptor({ blob, start }: BlobRun): Decipheriv | undefined {
    return blob.cipher && decryptorAt(this.#keys.unseal(blob.cipher, blob.id), start);
  }

  async #open(blob: Blob): Promise<FileHandle> {
    try {
      return await this.#files.open(blob.id);
    } catch (error) {
      throw isNotFound(error) ? bytesMissing(`the blob ${blob.id} is gone`) : error;
    }
  }
}

/** The bytes of one run of an open file, decrypted. */
export async function* chunksOf(
  file: FileHandle,
  run: BlobRun,
  decryptor: Decipheriv | undefined,
): AsyncGenerator<Buffer> {
  for (let done = 0; done < run.length; ) {
    const chunk = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, run.length - done));
    await readFully(file, chunk, { blob: run.blob, start: run.start + done });
    done += chunk.length;
    yield decryptor ? decryptor.update(chunk) : chunk;
  }
}

async function readFully(
  file: FileHandle,
  buffer: Buffer,
  run: Pick<BlobRun, 'blob' | 'start'>,
): Promise<void> {
  for (let read = 0; read < buffer.length; ) {
    const { bytesRead } = await file.read(buffer, read, buffer.length - read, run.start + read);
    if (bytesRead === 0) throw bytesMissing(`the blob ${run.blob.id} is shorter than it was written`);
    read += bytesRead;
  }
}
