import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { checksumOf } from '../embedded/checksum.ts';
import { patternBytes, refused } from '../embedded/temporary-store.fixture.ts';
import { type Asked, refuse, scriptedS3 } from './scripted-s3.fixture.ts';

const MIB = 1024 * 1024;
const LARGE = patternBytes(20 * MIB + 5);
const SMALL = patternBytes(300_000);
const QUICK = { downloadWaits: [1, 1, 1] };

const md5 = (bytes: Buffer) => `"${createHash('md5').update(bytes).digest('hex')}"`;

function temporaryPath(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-remote-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'file');
}

/** An object in parts, of whose bytes its ETag says nothing. */
const objectOf = (bytes: Buffer, etag = `${md5(bytes).slice(0, -1)}-3"`) => ({
  bucket: 'data',
  key: 'a/b',
  size: bytes.length,
  etag,
  lastModified: new Date(0),
});

/** What was asked of `bytes`: where it starts, and all of it. */
function askedOf(bytes: Buffer, { headers }: Asked): { start: number; part: Buffer } {
  const [, first = '0', last = `${bytes.length - 1}`] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
  return { start: Number(first), part: bytes.subarray(Number(first), Number(last) + 1) };
}

/** Sends the head of an answer, and `most` bytes of it. */
function begin(
  asked: Asked,
  response: ServerResponse,
  bytes: Buffer,
  { most = Number.POSITIVE_INFINITY, headers = {} }: { most?: number; headers?: Record<string, string> } = {},
): void {
  const { part } = askedOf(bytes, asked);
  const etag = objectOf(bytes).etag;
  response.writeHead(asked.headers.range ? 206 : 200, { etag, 'content-length': part.length, ...headers });
  if (asked.method === 'HEAD') response.end();
  else if (part.length <= most) response.end(part);
  else response.write(part.subarray(0, most));
}

const gets = (asked: readonly Asked[]) =>
  asked.filter(({ method }) => method === 'GET').map(({ headers }) => headers.range);

test('a store that falls silent, before or in its answer, is asked again for what has not come', async (t) => {
  let answers = 0;
  const { storage, asked } = await scriptedS3(
    t,
    (one, response) => {
      answers += 1;
      if (answers === 1) return;
      begin(one, response, SMALL, answers === 2 ? { most: 100_000 } : {});
    },
    { idleTimeout: 300, downloadWaits: Array(50).fill(1) },
  );
  const path = temporaryPath(t);
  await storage.download(objectOf(SMALL), path);
  assert.ok(readFileSync(path).equals(SMALL));
  const ranges = gets(asked);
  assert.ok(ranges.length >= 3);
  assert.ok(ranges.at(-1)?.startsWith('bytes='), `nothing is asked for twice: ${ranges}`);
});

test('a store that refuses for a while is not a failure', async (t) => {
  let answers = 0;
  const { storage } = await scriptedS3(t, (one, response) => {
    answers += 1;
    if (answers === 1) response.destroy();
    else if (answers === 2) refuse(response, 503, 'SlowDown');
    else if (answers === 3) refuse(response, 500, 'InternalError');
    else begin(one, response, SMALL);
  });
  const path = temporaryPath(t);
  await storage.download(objectOf(SMALL), path);
  assert.ok(readFileSync(path).equals(SMALL));
});

test('an empty object is asked for too: a store that can’t be reached has not said that it is there', async (t) => {
  const { storage } = await scriptedS3(t, (_, response) => response.destroy(), QUICK);
  const path = temporaryPath(t);
  await assert.rejects(storage.download(objectOf(Buffer.alloc(0)), path));
  assert.ok(!existsSync(path));
});

test('an object that is always cut off fails after a bounded number of tries, and leaves no file', async (t) => {
  const { storage, asked } = await scriptedS3(
    t,
    (one, response) => {
      const { start } = askedOf(SMALL, one);
      begin(one, response, SMALL, { most: 150_000 - start });
      setImmediate(() => response.destroy());
    },
    QUICK,
  );
  const path = temporaryPath(t);
  await assert.rejects(storage.download(objectOf(SMALL), path), {
    code: 'IncompleteBody',
    message: /^s3:\/\/data\/a\/b: the store did not send the 300000 bytes .* after 150000 bytes$/,
  });
  const tries = QUICK.downloadWaits.length + 1;
  assert.ok(gets(asked).length <= 2 * tries, `${gets(asked)}`);
  assert.ok(!existsSync(path));
});

test('progress is patience: an object in many pieces comes whole, however often the store breaks off', async (t) => {
  const { storage, asked } = await scriptedS3(
    t,
    (one, response) => {
      begin(one, response, SMALL, { most: 70_000 });
      if (!response.writableEnded) setImmediate(() => response.destroy());
    },
    { downloadWaits: [1, 1] },
  );
  const path = temporaryPath(t);
  await storage.download(objectOf(SMALL), path);
  assert.ok(readFileSync(path).equals(SMALL));
  assert.ok(gets(asked).length >= 5);
});

test('an object that is replaced while its ranges come is refused, also by a store that ignores If-Match', async (t) => {
  const path = temporaryPath(t);
  for (const honest of [true, false]) {
    const { storage } = await scriptedS3(t, (one, response) => {
      const { start } = askedOf(LARGE, one);
      if (start === 0) begin(one, response, LARGE);
      else if (honest) refuse(response, 412, 'PreconditionFailed');
      else begin(one, response, LARGE, { headers: { etag: '"another"' } });
    });
    await assert.rejects(storage.download(objectOf(LARGE), path), {
      code: 'PreconditionFailed',
      message: /s3:\/\/data\/a\/b/,
    });
    assert.ok(!existsSync(path));
  }
});

test('an object that vanishes while its ranges come is refused', async (t) => {
  const path = temporaryPath(t);
  const { storage } = await scriptedS3(t, (one, response) => {
    if (askedOf(LARGE, one).start === 0) begin(one, response, LARGE);
    else refuse(response, 404, 'NoSuchKey');
  });
  await assert.rejects(storage.download(objectOf(LARGE), path), refused('NoSuchKey'));
  assert.ok(!existsSync(path));
});

test('a store that sends the whole object for a range is refused, not believed', async (t) => {
  const path = temporaryPath(t);
  const { storage } = await scriptedS3(t, (one, response) => {
    begin({ ...one, headers: {} }, response, LARGE);
  });
  await assert.rejects(storage.download(objectOf(LARGE), path), refused('IncompleteBody'));
  assert.ok(!existsSync(path));
});

for (const [size, bytes] of [
  ['small', SMALL],
  ['large', LARGE],
] as const) {
  /** A store that says of the object's bytes what `headers` say, and sends `sent`. */
  const storeOf = (t: TestContext, etag: string, headers: Record<string, string>, sent: Buffer = bytes) =>
    scriptedS3(t, (one, response) => {
      assert.ok(one.headers.range || one.headers['x-amz-checksum-mode'] === 'ENABLED');
      begin(one, response, sent, { headers: { etag, ...(one.headers.range ? {} : headers) } });
    });
  const spoilt = Buffer.from(bytes);
  spoilt[bytes.length - 7] = ~(bytes[bytes.length - 7] ?? 0) & 255;

  test(`the bytes of a ${size} object must have the MD5 that its ETag is`, async (t) => {
    const path = temporaryPath(t);
    const object = objectOf(bytes, md5(bytes));
    const bad = await storeOf(t, object.etag, {}, spoilt);
    await assert.rejects(bad.storage.download(object, path), {
      code: 'BadDigest',
      message: new RegExp(`^s3://data/a/b: .* MD5 ${md5(spoilt).slice(1, -1)}.* ${md5(bytes).slice(1, -1)}$`),
    });
    assert.ok(!existsSync(path));
    const good = await storeOf(t, object.etag, {});
    await good.storage.download(object, path);
    assert.ok(readFileSync(path).equals(bytes));
  });

  test(`with a KMS key, the ETag of a ${size} object says nothing, and its checksum counts`, async (t) => {
    const path = temporaryPath(t);
    const object = objectOf(bytes, md5(Buffer.from('anything')));
    for (const algorithm of ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const) {
      const headers = {
        'x-amz-server-side-encryption': 'aws:kms',
        [`x-amz-checksum-${algorithm.toLowerCase()}`]: await checksumOf(algorithm, bytes),
        'x-amz-checksum-type': 'FULL_OBJECT',
      };
      const bad = await storeOf(t, object.etag, headers, spoilt);
      await assert.rejects(bad.storage.download(object, path), refused('BadDigest'));
      const good = await storeOf(t, object.etag, headers);
      await good.storage.download(object, path);
      assert.ok(readFileSync(path).equals(bytes));
      rmSync(path);
    }
  });

  test(`a checksum of the parts of a ${size} object says nothing of its bytes in a row`, async (t) => {
    const path = temporaryPath(t);
    const object = objectOf(bytes);
    const { storage } = await storeOf(t, object.etag, {
      'x-amz-checksum-crc32': `${await checksumOf('CRC32', Buffer.from('other'))}-3`,
      'x-amz-checksum-type': 'COMPOSITE',
    });
    await storage.download(object, path);
    assert.ok(readFileSync(path).equals(bytes));
  });
}

test('bytes that came in several answers are checked as one', async (t) => {
  const path = temporaryPath(t);
  const object = objectOf(SMALL, md5(SMALL));
  let answers = 0;
  const { storage } = await scriptedS3(
    t,
    (one, response) => {
      begin(one, response, SMALL, {
        headers: { etag: object.etag },
        ...(answers++ === 0 ? { most: 100_000 } : {}),
      });
      if (!response.writableEnded) setImmediate(() => response.destroy());
    },
    QUICK,
  );
  await storage.download(object, path);
  assert.ok(readFileSync(path).equals(SMALL));
});

test('an abort ends a download that waits, hangs, or is in its ranges', async (t) => {
  const path = temporaryPath(t);
  const reason = new Error('stopped');
  for (const bytes of [SMALL, LARGE]) {
    for (const most of [undefined, 1000]) {
      const controller = new AbortController();
      const { storage } = await scriptedS3(t, (one, response) => {
        if (most) begin(one, response, bytes, { most });
        if (one.method === 'GET') setImmediate(() => controller.abort(reason));
      });
      await assert.rejects(storage.download(objectOf(bytes), path, controller.signal), reason);
      assert.ok(!existsSync(path));
    }
  }
});
