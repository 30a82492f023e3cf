import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { BLOCK_BYTES, parallelGzip } from './parallel-gzip.ts';

async function* bodyOf(...chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

/** Text that is alike over long distances, and not the same everywhere. */
function words(length: number): Buffer {
  const word = (n: number) => `${(n * 2654435761) % 4093} `;
  let text = '';
  for (let n = 0; text.length < length; n++) text += word(n);
  return Buffer.from(text.slice(0, length));
}

test('any body in any chunks comes back, whatever the number of threads', async () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(chunks, fc.integer({ min: 1, max: 5 }), async (body, width) => {
      const compressed = await buffer(parallelGzip(bodyOf(...body), 1, width));
      assert.deepEqual(gunzipSync(compressed), Buffer.concat(body));
    }),
    { numRuns: 50 },
  );
});

for (const length of [BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 5 * BLOCK_BYTES + 12_345]) {
  test(`${length} bytes come back, from what gets smaller and from what does not`, async () => {
    for (const bytes of [words(length), randomBytes(length)]) {
      for (const width of [1, 3]) {
        assert.ok(gunzipSync(await buffer(parallelGzip(bodyOf(bytes), 1, width))).equals(bytes));
      }
    }
  });
}

test('it is one ordinary member that gzip and Python take', async (t) => {
  const folder = temporaryFolder(t);
  const bytes = Buffer.concat([words(3 * BLOCK_BYTES), randomBytes(BLOCK_BYTES + 7)]);
  const path = join(folder, 'body.gz');
  writeFileSync(path, await buffer(parallelGzip(bodyOf(bytes), 1)));
  const options = { maxBuffer: 2 * bytes.length };
  execFileSync('gzip', ['-t', path]);
  assert.ok(execFileSync('gzip', ['-dc', path], options).equals(bytes));
  const python =
    'import gzip, sys, zlib\nraw = open(sys.argv[1], "rb").read()\none = zlib.decompressobj(31)\nout = one.decompress(raw)\nassert one.eof and not one.unused_data\nassert gzip.open(sys.argv[1]).read() == out\nsys.stdout.buffer.write(out)';
  assert.ok(execFileSync('python3', ['-c', python, path], options).equals(bytes));
});

test('a block knows the one before it: cutting costs hardly anything', async () => {
  const bytes = words(8 * BLOCK_BYTES);
  const { length } = await buffer(parallelGzip(bodyOf(bytes), 1));
  assert.ok(length < 1.01 * gzipSync(bytes, { level: 1 }).length);
});

test('the body is read no further ahead than two blocks a thread', async () => {
  let read = 0;
  async function* endless() {
    for (;;) {
      read += BLOCK_BYTES;
      yield Buffer.alloc(BLOCK_BYTES);
    }
  }
  const compressed = parallelGzip(endless(), 1, 2);
  await compressed.next();
  for (let block = 1; block < 20; block++) {
    await compressed.next();
    assert.ok(read <= (block + 4) * BLOCK_BYTES);
  }
  await compressed.return(undefined);
});

test('a body that fails fails the whole, and a reader that leaves ends the body', async () => {
  async function* failing() {
    yield words(2 * BLOCK_BYTES);
    throw new Error('the disk is gone');
  }
  await assert.rejects(buffer(parallelGzip(failing(), 1)), /the disk is gone/);
  let ended = false;
  async function* watched() {
    try {
      for (;;) yield words(BLOCK_BYTES);
    } finally {
      ended = true;
    }
  }
  for await (const _ of parallelGzip(watched(), 1)) break;
  for await (const chunk of parallelGzip(watched(), 1)) if (chunk.length > 10) break;
  assert.ok(ended);
});

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-gzip-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}
