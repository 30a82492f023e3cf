import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { CHUNK_BYTES, ChunkBuffers } from './chunk-buffers.ts';
import { inMemory } from './record-sources.ts';
import { frame, LONGEST_PART } from './recordio.ts';
import { readRecords } from './testing/recordio-reader.fixture.ts';

const MAGIC = Buffer.from('0a23d7ce', 'hex');

const buffers = new ChunkBuffers();

async function framed(payload: Buffer, longestPart?: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of frame(inMemory(payload), buffers, longestPart)) {
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks);
}

describe('one record, byte by byte (training contract §2.5)', () => {
  // magic, kind << 29 | length, bytes, zeros to a multiple of four
  const cases: readonly [what: string, payload: string, frame: string][] = [
    ['empty', '', '0a23d7ce 00000000'],
    ['a multiple of four', '01020304', '0a23d7ce 04000000 01020304'],
    ['padded', '0102030405', '0a23d7ce 05000000 0102030405 000000'],
    ['only the magic word', '0a23d7ce', '0a23d7ce 00000020 0a23d7ce 00000060'],
    [
      'the magic word in the middle',
      '01020304 0a23d7ce 05',
      '0a23d7ce 04000020 01020304 0a23d7ce 01000060 05 000000',
    ],
    ['twice in a row', '0a23d7ce 0a23d7ce', '0a23d7ce 00000020 0a23d7ce 00000040 0a23d7ce 00000060'],
    ['not at a multiple of four', '01 0a23d7ce 020304', '0a23d7ce 08000000 01 0a23d7ce 020304'],
    ['begun at the end', '0a23d7', '0a23d7ce 03000000 0a23d7 00'],
  ];
  for (const [what, payload, expected] of cases) {
    test(what, async () => {
      const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
      assert.deepEqual(await framed(bytes(payload)), bytes(expected));
    });
  }
});

test('a part that has no more room ends there, and nothing is left out after it', async () => {
  const payload = Buffer.from('0102030405060708090a', 'hex');
  assert.equal(
    (await framed(payload, 7)).toString('hex'),
    // 7 bytes and a zero as the first part, 3 bytes and a zero as the last.
    '0a23d7ce07000020' + '0102030405060700' + '0a23d7ce03000060' + '08090a00',
  );
  assert.equal(LONGEST_PART, 2 ** 29 - 1);
});

test('a payload of 2^29 bytes is in parts, one byte less is not', async () => {
  const zeros = Buffer.alloc(CHUNK_BYTES);
  const headers = async (size: number) => {
    const source = { size, read: async (_: number, length: number) => zeros.subarray(0, length) };
    const found: string[] = [];
    let length = 0;
    for await (const chunk of frame(source, buffers)) {
      length += chunk.length;
      if (chunk.length === 8) found.push(chunk.subarray(4).readUInt32LE().toString(16));
    }
    return { found, length };
  };
  assert.deepEqual(await headers(2 ** 29 - 1), { found: ['1fffffff'], length: 8 + 2 ** 29 });
  assert.deepEqual(await headers(2 ** 29), { found: ['3fffffff', '60000001'], length: 8 + 2 ** 29 + 8 + 4 });
});

test('whatever the payloads are, a reader gets them back', async () => {
  const piece = fc.oneof(
    { weight: 2, arbitrary: fc.constant(MAGIC) },
    fc.constant(MAGIC.subarray(0, 2)),
    fc.constant(MAGIC.subarray(2)),
    fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes)),
  );
  const payload = fc.array(piece, { maxLength: 12 }).map((pieces) => Buffer.concat(pieces));
  let split = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(payload, { maxLength: 5 }),
      fc.constantFrom(3, 7, 15, 2 ** 29 - 1),
      async (payloads, longestPart) => {
        const frames: Buffer[] = [];
        for (const each of payloads) frames.push(await framed(each, longestPart));
        const { records, parts } = readRecords(Buffer.concat(frames), longestPart);
        assert.deepEqual(records, payloads);
        if (parts > payloads.length) split += 1;
      },
    ),
    { numRuns: 1000 },
  );
  assert.ok(split > 100, 'hardly any payload was in parts');
});

test('a magic word is found wherever it stands between two chunks', async () => {
  for (const at of [CHUNK_BYTES - 4, CHUNK_BYTES, 2 * CHUNK_BYTES - 4]) {
    const payload = Buffer.alloc(2 * CHUNK_BYTES + 5, 'x');
    MAGIC.copy(payload, at);
    const { records, parts } = readRecords(await framed(payload));
    assert.equal(parts, 2);
    assert.ok(records[0]?.equals(payload));
  }
});
