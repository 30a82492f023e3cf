import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { bodyOf, patternBytes, refused } from '../embedded/temporary-store.fixture.ts';
import { type Asked, answerXml, refuse, scriptedS3 } from './scripted-s3.fixture.ts';

const MIB = 1024 * 1024;
const to = { bucket: 'data', key: 'a b/model' };
const large = () => bodyOf(patternBytes(8 * MIB), Buffer.from('and more'));

/** What was asked for, in a word or two. */
function nameOf({ method, query }: Asked): string {
  if (method === 'GET' && query.has('uploads')) return 'list';
  if (method === 'POST') return query.has('uploads') ? 'create' : 'complete';
  if (method === 'DELETE') return `abort ${query.get('uploadId')}`;
  return query.has('partNumber') ? 'part' : 'put';
}

/** A store that does what it is asked; other uploads that were begun and not completed are in its list. */
function answer(asked: Asked, response: ServerResponse, unfinished: Readonly<Record<string, string>> = {}) {
  switch (nameOf(asked)) {
    case 'list': {
      const uploads = Object.entries(unfinished).map(
        ([id, key]) => `<Upload><Key>${key}</Key><UploadId>${id}</UploadId></Upload>`,
      );
      const xml = `<EncodingType>url</EncodingType>${uploads.join('')}`;
      return answerXml(response, `<ListMultipartUploadsResult>${xml}</ListMultipartUploadsResult>`);
    }
    case 'create':
      return answerXml(
        response,
        '<InitiateMultipartUploadResult><UploadId>new</UploadId></InitiateMultipartUploadResult>',
      );
    case 'complete':
      return answerXml(response, '<CompleteMultipartUploadResult/>');
    default:
      return response.writeHead(asked.method === 'DELETE' ? 204 : 200, { etag: '"e"' }).end();
  }
}

test('a part’s bytes are covered by its signature', async (t) => {
  const { storage, asked } = await scriptedS3(t, answer);
  await storage.upload(to, large());
  assert.deepEqual(asked.map(nameOf), ['create', 'part', 'part', 'complete']);
  for (const { headers, body } of asked.slice(1, 3)) {
    assert.equal(headers['x-amz-content-sha256'], createHash('sha256').update(body).digest('hex'));
    assert.match(headers.authorization ?? '', /SignedHeaders=[^,]*x-amz-content-sha256/);
  }
});

test('the key to encrypt with goes with the beginning of an upload in parts', async (t) => {
  const { storage, asked } = await scriptedS3(t, answer);
  await storage.upload(to, large(), { kmsKeyId: 'alias/mine' });
  const [create] = asked;
  assert.equal(create?.headers['x-amz-server-side-encryption'], 'aws:kms');
  assert.equal(create?.headers['x-amz-server-side-encryption-aws-kms-key-id'], 'alias/mine');
});

test('what a killed upload of the same key left is removed before the key is uploaded again', async (t) => {
  const unfinished = { old: 'a+b/model', older: 'a%20b/model', other: 'a+b/model-2' };
  const { storage, asked } = await scriptedS3(t, (request, response) =>
    answer(request, response, unfinished),
  );
  const leftovers: string[] = [];
  await storage.upload(to, large(), { sole: true, onLeftover: (line) => leftovers.push(line) });
  const names = asked.map(nameOf);
  assert.deepEqual(names, ['list', 'abort old', 'abort older', 'create', 'part', 'part', 'complete']);
  assert.equal(asked[0]?.query.get('prefix'), to.key);
  assert.deepEqual(leftovers, []);
});

test('others’ uploads of a key are left alone, unless nobody else may write it', async (t) => {
  const { storage, asked } = await scriptedS3(t, answer);
  await storage.upload(to, large());
  await storage.upload(to, bodyOf('small'), { sole: true });
  assert.ok(!asked.some((each) => nameOf(each) === 'list'));
});

test('what can’t be looked for or removed is told, and the upload goes on', async (t) => {
  const { storage, asked } = await scriptedS3(t, (request, response) => {
    if (nameOf(request) === 'list') refuse(response, 403, 'AccessDenied');
    else answer(request, response);
  });
  const leftovers: string[] = [];
  await storage.upload(to, large(), { sole: true, onLeftover: (line) => leftovers.push(line) });
  assert.equal(asked.map(nameOf).at(-1), 'complete');
  assert.deepEqual(leftovers, [
    "can't look for parts that an unfinished upload left: AccessDenied: as scripted",
  ]);
});

test('an upload that fails tells of parts that it can’t remove', async (t) => {
  const { storage } = await scriptedS3(t, (request, response) => {
    const name = nameOf(request);
    if (name === 'part') refuse(response, 403, 'AccessDenied');
    else if (name === 'abort new') refuse(response, 403, 'AccessDenied');
    else answer(request, response);
  });
  const leftovers: string[] = [];
  await assert.rejects(
    storage.upload(to, large(), { onLeftover: (line) => leftovers.push(line) }),
    refused('AccessDenied'),
  );
  assert.equal(leftovers.length, 1);
  assert.match(
    leftovers[0] ?? '',
    /^the parts of the unfinished upload new could not be removed: AccessDenied/,
  );
});

test('a bucket that is deleted meanwhile ends the upload, and there is nothing left to tell of', async (t) => {
  const { storage, asked } = await scriptedS3(t, (request, response) => {
    if (nameOf(request) === 'create') answer(request, response);
    else refuse(response, 404, 'NoSuchBucket');
  });
  const leftovers: string[] = [];
  await assert.rejects(
    storage.upload(to, large(), { onLeftover: (line) => leftovers.push(line) }),
    refused('NoSuchBucket'),
  );
  assert.ok(!asked.some((each) => nameOf(each) === 'complete'));
  assert.deepEqual(leftovers, []);
});

test('a store that stops answering fails the upload', async (t) => {
  const { storage, asked } = await scriptedS3(
    t,
    (request, response) => {
      if (nameOf(request) !== 'part') answer(request, response);
    },
    { idleTimeout: 200 },
  );
  await assert.rejects(storage.upload(to, large()), refused('TimeoutError'));
  assert.equal(asked.map(nameOf).at(-1), 'abort new');
});

test('a store that fails now and then gets the part again', async (t) => {
  let failures = 2;
  const { storage, asked } = await scriptedS3(t, (request, response) => {
    if (nameOf(request) === 'part' && failures-- > 0) refuse(response, 503, 'SlowDown');
    else answer(request, response);
  });
  await storage.upload(to, large());
  assert.equal(asked.map(nameOf).at(-1), 'complete');
});

test('a key that KMS refuses is named by the store’s own words', async (t) => {
  const { storage } = await scriptedS3(t, (_, response) => refuse(response, 400, 'KMS.NotFoundException'));
  await assert.rejects(storage.upload(to, bodyOf('x'), { kmsKeyId: 'none' }), {
    code: 'KMS.NotFoundException',
    message: 's3://data/a b/model: as scripted',
  });
});
