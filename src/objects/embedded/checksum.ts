import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { crc32 } from 'node:zlib';
import type { Crc64Nvme } from '@aws-sdk/crc64-nvme';
import { crc32c } from '@node-rs/crc32';
import type { ChecksumAlgorithm } from './embedded-store.ts';

/** Takes bytes in order and says their checksum, big-endian, at the end. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  digest(): Promise<Buffer>;
}

export function createHasher(algorithm: ChecksumAlgorithm | 'MD5'): Hasher {
  switch (algorithm) {
    case 'CRC32':
      return new Crc32Hasher(crc32);
    case 'CRC32C':
      return new Crc32Hasher(crc32c);
    case 'CRC64NVME':
      return new Crc64Hasher();
    case 'MD5':
    case 'SHA1':
    case 'SHA256':
      return new CryptoHasher(algorithm);
  }
}

class Crc32Hasher implements Hasher {
  readonly #next: (bytes: Uint8Array, value: number) => number;
  #value = 0;

  constructor(next: (bytes: Uint8Array, value: number) => number) {
    this.#next = next;
  }

  update(bytes: Uint8Array): void {
    this.#value = this.#next(bytes, this.#value);
  }

  async digest(): Promise<Buffer> {
    const digest = Buffer.alloc(4);
    digest.writeUInt32BE(this.#value);
    return digest;
  }
}

const require = createRequire(import.meta.url);

/** Its library comes with a good part of AWS's SDK, so it is loaded when it is needed. */
function crc64Nvme(): Crc64Nvme {
  const library: typeof import('@aws-sdk/crc64-nvme') = require('@aws-sdk/crc64-nvme');
  return new library.Crc64Nvme();
}

class Crc64Hasher implements Hasher {
  readonly #crc = crc64Nvme();

  update(bytes: Uint8Array): void {
    this.#crc.update(bytes);
  }

  async digest(): Promise<Buffer> {
    return Buffer.from(await this.#crc.digest());
  }
}

class CryptoHasher implements Hasher {
  readonly #hash: ReturnType<typeof createHash>;

  constructor(algorithm: string) {
    this.#hash = createHash(algorithm);
  }

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  async digest(): Promise<Buffer> {
    return this.#hash.digest();
  }
}

/** The checksum of bytes at hand, in base64. */
export async function checksumOf(algorithm: ChecksumAlgorithm, bytes: Uint8Array): Promise<string> {
  const hasher = createHasher(algorithm);
  hasher.update(bytes);
  return (await hasher.digest()).toString('base64');
}
