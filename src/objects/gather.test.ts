import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { gather } from './gather.ts';

async function* chunksOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

test('pieces have the sizes they are to have, and together they are the body', async () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 8 });
  const size = (piece: number) => 5 + 2 * piece;
  await fc.assert(
    fc.asyncProperty(chunks, async (body) => {
      const pieces: Buffer[] = [];
      for await (const piece of gather(chunksOf(body), size)) pieces.push(piece);
      assert.deepEqual(Buffer.concat(pieces), Buffer.concat(body));
      for (const [at, piece] of pieces.entries()) {
        if (at < pieces.length - 1) assert.equal(piece.length, size(at));
        else assert.ok(piece.length > 0 && piece.length <= size(at));
      }
    }),
  );
});
