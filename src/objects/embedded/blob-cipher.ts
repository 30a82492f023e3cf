import { type Cipheriv, createCipheriv, createDecipheriv, type Decipheriv } from 'node:crypto';

/**
 * AES-256-CTR: the counter is positioned by the offset, so that a range is decrypted without what comes before it. Each blob has
 * a key of its own, so no counter value is ever used twice with a key.
 */
const ALGORITHM = 'aes-256-ctr';
const BLOCK_BYTES = 16;

/** What a blob's bytes are encrypted with. */
export interface BlobKey {
  /** 32 bytes. */
  readonly key: Buffer;
  /** 16 bytes: the counter of the first block. */
  readonly nonce: Buffer;
}

export const encryptor = ({ key, nonce }: BlobKey): Cipheriv => createCipheriv(ALGORITHM, key, nonce);

/** Decrypts what starts at byte `offset` of the blob. */
export function decryptorAt({ key, nonce }: BlobKey, offset: number): Decipheriv {
  const within = offset % BLOCK_BYTES;
  const decipher = createDecipheriv(ALGORITHM, key, counterAt(nonce, (offset - within) / BLOCK_BYTES));
  if (within > 0) decipher.update(Buffer.alloc(within));
  return decipher;
}

function counterAt(nonce: Buffer, block: number): Buffer {
  const counter = (BigInt(`0x${nonce.toString('hex')}`) + BigInt(block)) & ((1n << 128n) - 1n);
  return Buffer.from(counter.toString(16).padStart(2 * BLOCK_BYTES, '0'), 'hex');
}
