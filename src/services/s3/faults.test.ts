import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { suite, type TestContext, test } from 'node:test';
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { EmbeddedStore } from '../../objects/embedded/embedded-store.ts';
import { ObjectStorageError } from '../../objects/object-storage.ts';
import { codeOf, S3Server, type S3ServerOptions } from './testing/s3-server.ts';

const Bucket = 'books';

/** The real store, but for the methods that are given. */
const withMethods = (methods: Partial<EmbeddedStore>) => (store: EmbeddedStore) =>
  new Proxy(store, {
    get(target, name: keyof EmbeddedStore) {
      const method = methods[name] ?? target[name];
      return method.bind(target as never);
    },
  });

async function start(t: TestContext, options: S3ServerOptions): Promise<S3Server> {
  const server = await S3Server.start(options);
  t.after(() => server.close());
  await server.client.send(new CreateBucketCommand({ Bucket }));
  return server;
}

suite('faults and slow answers', () => {
  test('a fault of the store is InternalError, without its text, and is logged', async (t) => {
    const put = async () => {
      throw new Error('the disk is on fire');
    };
    const server = await start(t, { wrap: withMethods({ put }) });
    const got = await server.raw('PUT', `/${Bucket}/key`, { body: 'x' });
    assert.deepEqual([got.status, codeOf(got)], [500, 'InternalError']);
    assert.doesNotMatch(got.body, /fire/);
    assert.equal(server.faults.length, 1);
    assert.match(server.faults[0] ?? '', /the disk is on fire/);
  });

  test('a body that can’t be read to its end is cut, so that the client sees it', async (t) => {
    async function* broken() {
      yield Buffer.from('12');
      throw new Error('bad sector');
    }
    const server = await start(t, { wrap: withMethods({ read: () => Readable.from(broken()) }) });
    await server.client.send(new PutObjectCommand({ Bucket, Key: 'key', Body: '12345' }));
    const { Body } = await server.client.send(new GetObjectCommand({ Bucket, Key: 'key' }));
    await assert.rejects(async () => Body?.transformToString());
    assert.match(server.faults[0] ?? '', /bad sector/);
  });

  /** A server whose completions wait until they are told how to end. */
  async function startSlow(t: TestContext) {
    const asked = Promise.withResolvers<void>();
    const ending = Promise.withResolvers<Error | undefined>();
    const wrap = (store: EmbeddedStore) =>
      withMethods({
        async completeUpload(...args) {
          asked.resolve();
          const error = await ending.promise;
          if (error) throw error;
          return store.completeUpload(...args);
        },
      })(store);
    const server = await start(t, { wrap, silence: 1 });
    const target = { Bucket, Key: 'slow' };
    const { UploadId } = await server.client.send(new CreateMultipartUploadCommand(target));
    const upload = { ...target, UploadId };
    const { ETag } = await server.client.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'x' }));
    const body =
      '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber>' +
      `<ETag>${ETag}</ETag></Part></CompleteMultipartUpload>`;
    const path = `/${Bucket}/slow?uploadId=${UploadId}`;
    const complete = (onResponse: () => void) =>
      server
        .sign('POST', path, { body })
        .then(({ headers }) =>
          server.send('POST', path, headers, (request) => request.once('response', onResponse).end(body)),
        );
    return { server, complete, end: ending.resolve, upload, ETag, asked: asked.promise };
  }

  // S3 API reference, CompleteMultipartUpload: white space keeps the connection from timing out, and 200 may carry an error.
  test('a slow answer begins before its end is known', async (t) => {
    const { server, complete, end } = await startSlow(t);
    const { status, body } = await complete(() => end(undefined));
    assert.equal(status, 200);
    assert.match(body, /^<\?xml version="1.0" encoding="UTF-8"\?>\n *<CompleteMultipartUploadResult /);
    assert.deepEqual(server.faults, []);
  });

  test('an error that comes late is the document, and the SDK finds it', async (t) => {
    const { server, complete, end, upload, ETag } = await startSlow(t);
    const { status, body } = await complete(() => end(new ObjectStorageError('InvalidPart', 'not there')));
    assert.equal(status, 200);
    assert.match(body, /^<\?xml [^>]*\?>\n *<Error><Code>InvalidPart<\/Code><Message>not there</);
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    const again = server.client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload }));
    await assert.rejects(again, { name: 'InvalidPart' });
    assert.deepEqual(server.faults, []);
  });

  test('a fault that comes late is told and logged', async (t) => {
    const { server, complete, end } = await startSlow(t);
    const { body } = await complete(() => end(new Error('out of luck')));
    assert.match(body, /<Code>InternalError<\/Code>/);
    assert.match(server.faults[0] ?? '', /out of luck/);
  });
});
