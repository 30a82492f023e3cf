import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { patternBytes, refused } from '../embedded/temporary-store.fixture.ts';
import { refuse, scriptedS3 } from './scripted-s3.fixture.ts';

const bytes = patternBytes(100_000);
const object = { bucket: 'data', key: 'a', size: bytes.length, etag: '"e"', lastModified: new Date(0) };

test('a range is a file of its own; an answer that breaks off is gone on with; a changed object is refused', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-range-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'file');
  let breaks = 1;
  let changed = false;
  const { storage, asked } = await scriptedS3(t, ({ headers }, response) => {
    if (changed) return refuse(response, 412, 'PreconditionFailed');
    const [, first = '', last = ''] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
    const range = bytes.subarray(Number(first), Number(last) + 1);
    response.writeHead(206, { 'content-length': range.length, etag: '"e"' });
    if (breaks-- > 0) response.write(range.subarray(0, 1000), () => response.destroy());
    else response.end(range);
  });
  await storage.downloadRange(object, { start: 500, length: 70_000 }, path);
  assert.ok(readFileSync(path).equals(bytes.subarray(500, 70_500)));
  assert.equal(asked[0]?.headers.range, 'bytes=500-70499');
  assert.equal(asked[0]?.headers['if-match'], '"e"');
  rmSync(path);
  changed = true;
  await assert.rejects(
    storage.downloadRange(object, { start: 0, length: 5 }, path),
    refused('PreconditionFailed'),
  );
  assert.equal(existsSync(path), false);
});
