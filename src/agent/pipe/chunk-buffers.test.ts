import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CHUNK_BYTES, ChunkBuffers, gathered } from './chunk-buffers.ts';

/** Chunks in the buffers of one stream, as a reader of objects makes them. */
async function* chunksOf(sizes: readonly number[], buffers: ChunkBuffers): AsyncGenerator<Buffer> {
  for (const [at, size] of sizes.entries())
    yield buffers
      .next(size)
      .subarray(0, size)
      .fill(at + 1);
}

test('gathered chunks are the same bytes in the same order, each good while the next one is made', async () => {
  const sizes = fc.array(
    fc.oneof(fc.nat(100), fc.nat(CHUNK_BYTES), fc.constantFrom(CHUNK_BYTES, CHUNK_BYTES / 2)),
    { maxLength: 12 },
  );
  const buffers = new ChunkBuffers();
  await fc.assert(
    fc.asyncProperty(sizes, async (all) => {
      const expected = Buffer.concat(all.map((size, at) => Buffer.alloc(size, at + 1)));
      const seen: Buffer[] = [];
      let before: Buffer | undefined;
      for await (const chunk of gathered(chunksOf(all, buffers))) {
        // As a writer does: only when the next one is there, it is done with the last.
        if (before) seen.push(Buffer.from(before));
        before = chunk;
      }
      if (before) seen.push(before);
      assert.ok(Buffer.concat(seen).equals(expected));
      assert.ok(seen.every(({ length }) => length > 0 && length <= CHUNK_BYTES));
    }),
    { numRuns: 100 },
  );
});
