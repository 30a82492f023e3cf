import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checksumOf, createHasher } from './checksum.ts';
import { combineCrcs } from './crc-combine.ts';
import type { ChecksumAlgorithm } from './embedded-store.ts';

/** The check values of the CRC catalogue (reveng.sourceforge.io) and of FIPS 180's implementations, all of '123456789'. */
const known: Record<ChecksumAlgorithm, string> = {
  CRC32: 'cbf43926',
  CRC32C: 'e3069283',
  CRC64NVME: 'ae8b14860a799888',
  SHA1: 'f7c3bc1d808e04732adf679965ccc34ca7ae3441',
  SHA256: '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225',
};

for (const [algorithm, hex] of Object.entries(known) as [ChecksumAlgorithm, string][]) {
  test(`${algorithm} of 123456789, in one piece and in three`, async () => {
    assert.equal(
      await checksumOf(algorithm, Buffer.from('123456789')),
      Buffer.from(hex, 'hex').toString('base64'),
    );
    const hasher = createHasher(algorithm);
    for (const piece of ['1234', '', '56789']) hasher.update(Buffer.from(piece));
    assert.equal((await hasher.digest()).toString('hex'), hex);
  });
}

for (const algorithm of ['CRC32', 'CRC32C', 'CRC64NVME'] as const) {
  test(`the ${algorithm} of a whole follows from those of its parts`, async () => {
    const parts = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(parts, async (pieces) => {
        const runs = await Promise.all(
          pieces.map(async (piece) => ({ size: piece.length, checksum: await checksumOf(algorithm, piece) })),
        );
        assert.equal(combineCrcs(algorithm, runs), await checksumOf(algorithm, Buffer.concat(pieces)));
      }),
      { numRuns: 60 },
    );
  });
}
