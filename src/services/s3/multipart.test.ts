import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { after, before, suite, test } from 'node:test';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { checksumOf } from '../../objects/embedded/checksum.ts';
import { codeOf, S3Server } from './testing/s3-server.ts';

const Bucket = 'books';
const PART_BYTES = 5 * 1024 ** 2;
const CONTENT = randomBytes(PART_BYTES + 1000);
const PARTS = [CONTENT.subarray(0, PART_BYTES), CONTENT.subarray(PART_BYTES)] as const;

suite('multipart uploads', () => {
  let server: S3Server;

  before(async () => {
    server = await S3Server.start();
    await server.client.send(new CreateBucketCommand({ Bucket }));
  });
  after(() => server.close());

  const create = async (Key: string, more: Partial<CreateMultipartUploadCommandInput> = {}) => {
    const { UploadId } = await server.client.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }));
    return { Bucket, Key, UploadId };
  };
  type Upload1 = Awaited<ReturnType<typeof create>>;
  const uploadParts = (upload: Upload1, more: object = {}) =>
    Promise.all(
      PARTS.map(async (Body, index) => {
        const PartNumber = index + 1;
        const { $metadata: _, ...part } = await server.client.send(
          new UploadPartCommand({ ...upload, PartNumber, Body, ...more }),
        );
        return { ...part, PartNumber };
      }),
    );
  const complete = (
    upload: Upload1,
    Parts: object[],
    more: Partial<CompleteMultipartUploadCommandInput> = {},
  ) =>
    server.client.send(
      new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, ...more }),
    );
  const read = async (Key: string, more: object = {}) => {
    const { Body, ...rest } = await server.client.send(new GetObjectCommand({ Bucket, Key, ...more }));
    return { ...rest, bytes: Buffer.from((await Body?.transformToByteArray()) ?? []) };
  };

  // S3 user guide, "Uploading and copying objects using multipart upload": the ETag is the MD5 of the parts' MD5s.
  test('parts become one object', async () => {
    const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest();
    const upload = await create('parts', { ContentType: 'text/x', Metadata: { a: 'b' }, Tagging: 'k=v' });
    const { ETag, Location } = await complete(upload, await uploadParts(upload));
    assert.equal(ETag, `"${md5(Buffer.concat(PARTS.map(md5))).toString('hex')}-2"`);
    assert.equal(Location, `http://${server.host}/${Bucket}/parts`);
    const got = await read('parts');
    assert.ok(got.bytes.equals(CONTENT));
    assert.deepEqual(
      [got.ETag, got.ContentType, got.Metadata, got.TagCount],
      [ETag, 'text/x', { a: 'b' }, 1],
    );
    const second = await read('parts', { PartNumber: 2 });
    assert.ok(second.bytes.equals(PARTS[1]));
    assert.deepEqual([second.PartsCount, second.$metadata.httpStatusCode], [2, 206]);
    assert.equal(second.ContentRange, `bytes ${PART_BYTES}-${CONTENT.length - 1}/${CONTENT.length}`);
    await assert.rejects(complete(upload, [{ PartNumber: 1, ETag: 'x' }]), { name: 'NoSuchUpload' });
  });

  test('to complete an upload again says the same again, until its object is another one', async () => {
    const upload = await create('again', {
      ChecksumAlgorithm: 'CRC32',
      ServerSideEncryption: 'AES256',
    });
    const parts = await uploadParts(upload, { ChecksumAlgorithm: 'CRC32' });
    const once = async () => {
      const { $metadata: _, ...answer } = await complete(upload, parts);
      return answer;
    };
    assert.deepEqual(await once(), await once());
    await assert.rejects(complete(upload, parts.slice(1)), { name: 'NoSuchUpload' });
    assert.ok((await read('again')).bytes.equals(CONTENT));
    await server.client.send(new PutObjectCommand({ Bucket, Key: 'again', Body: 'another one' }));
    await assert.rejects(once(), { name: 'NoSuchUpload' });
  });

  // S3 user guide, "Checking object integrity", multipart uploads: composite or of the full object.
  for (const [algorithm, type] of [
    ['CRC32', 'COMPOSITE'],
    ['CRC32', 'FULL_OBJECT'],
    ['CRC32C', 'FULL_OBJECT'],
    ['CRC64NVME', 'FULL_OBJECT'],
    ['SHA1', 'COMPOSITE'],
    ['SHA256', 'COMPOSITE'],
  ] as const) {
    test(`${algorithm}, ${type}`, async () => {
      const Key = `${algorithm}-${type}`;
      const upload = await create(Key, { ChecksumAlgorithm: algorithm, ChecksumType: type });
      const parts = await uploadParts(upload, { ChecksumAlgorithm: algorithm });
      const sums = await Promise.all(PARTS.map((part) => checksumOf(algorithm, part)));
      const composite = Buffer.concat(sums.map((sum) => Buffer.from(sum, 'base64')));
      const expected =
        type === 'FULL_OBJECT'
          ? await checksumOf(algorithm, CONTENT)
          : `${await checksumOf(algorithm, composite)}-2`;
      const element = `Checksum${algorithm}` as const;
      assert.deepEqual(
        parts.map((part) => part[element]),
        sums,
      );
      const wrong = await checksumOf(algorithm, Buffer.from('wrong'));
      await assert.rejects(complete(upload, parts, { [element]: wrong }), { name: 'BadDigest' });
      await assert.rejects(complete(upload, parts, { MpuObjectSize: 5 }), { name: 'InvalidRequest' });
      const said = { [element]: expected, ChecksumType: type, MpuObjectSize: CONTENT.length };
      const completed = await complete(upload, parts, said);
      assert.deepEqual([completed[element], completed.ChecksumType], [expected, type]);
      const head = await server.client.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));
      assert.deepEqual([head[element], head.ChecksumType], [expected, type]);
    });
  }

  test('a part’s checksum of another algorithm is refused, in the part and in the list of parts', async () => {
    const upload = await create('mixed', { ChecksumAlgorithm: 'SHA256' });
    const part = new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'x', ChecksumAlgorithm: 'SHA1' });
    await assert.rejects(server.client.send(part), { name: 'InvalidRequest' });
    const parts = await uploadParts(upload, { ChecksumAlgorithm: 'SHA256' });
    const [first = {}] = parts;
    await assert.rejects(complete(upload, [{ ...first, ChecksumSHA256: 'A'.repeat(44) }]), {
      name: 'InvalidPart',
    });
    await assert.rejects(complete(upload, [{ PartNumber: 1, ChecksumSHA1: 'x', ETag: 'x' }]), {
      name: 'InvalidRequest',
    });
  });

  // S3 API reference, CompleteMultipartUpload, errors.
  test('the list of parts has to be right', async () => {
    const upload = await create('wrong');
    const [first, second] = await uploadParts(upload);
    assert.ok(first && second);
    const refused: [parts: object[], name: string][] = [
      [[second, first], 'InvalidPartOrder'],
      [[{ ...first, ETag: '"0123"' }], 'InvalidPart'],
      [[first, { ...second, PartNumber: 3 }], 'InvalidPart'],
    ];
    for (const [parts, name] of refused) await assert.rejects(complete(upload, parts), { name });
    const target = `/${Bucket}/wrong?uploadId=${upload.UploadId}`;
    for (const body of ['', '<x', '<CompleteMultipartUpload></CompleteMultipartUpload>', '<Other/>']) {
      assert.equal(codeOf(await server.raw('POST', target, { body })), 'MalformedXML', body);
    }
    const small = await server.client.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'x' }));
    await assert.rejects(complete(upload, [{ PartNumber: 1, ETag: small.ETag }, second]), {
      name: 'EntityTooSmall',
    });
  });

  test('a part number is one of 1 to 10,000', async () => {
    const upload = await create('numbers');
    for (const number of ['0', '10001', 'x', '-1']) {
      const target = `/${Bucket}/numbers?partNumber=${number}&uploadId=${upload.UploadId}`;
      assert.equal(codeOf(await server.raw('PUT', target, { body: 'x' })), 'InvalidArgument');
    }
  });

  test('parts can be copied, whole or by range', async () => {
    await server.client.send(new PutObjectCommand({ Bucket, Key: 'source', Body: CONTENT }));
    const upload = await create('assembled', { ChecksumAlgorithm: 'SHA256' });
    const CopySource = `${Bucket}/source`;
    const copy = async (PartNumber: number, CopySourceRange?: string) => {
      const command = { ...upload, PartNumber, CopySource, ...(CopySourceRange && { CopySourceRange }) };
      const { CopyPartResult } = await server.client.send(new UploadPartCopyCommand(command));
      return { PartNumber, ETag: CopyPartResult?.ETag, ChecksumSHA256: CopyPartResult?.ChecksumSHA256 };
    };
    await assert.rejects(copy(3, `bytes=0-${CONTENT.length}`), { name: 'InvalidArgument' });
    await assert.rejects(copy(3, 'bytes=5-'), { name: 'InvalidArgument' });
    await complete(upload, [await copy(1), await copy(2, 'bytes=10-19')]);
    const { bytes } = await read('assembled');
    assert.ok(bytes.equals(Buffer.concat([CONTENT, CONTENT.subarray(10, 20)])));
  });

  test('parts are listed page by page', async () => {
    const upload = await create('listed', { ChecksumAlgorithm: 'CRC32' });
    for (const PartNumber of [2, 5, 9]) {
      await server.client.send(
        new UploadPartCommand({ ...upload, PartNumber, Body: 'x'.repeat(PartNumber) }),
      );
    }
    const page = await server.client.send(new ListPartsCommand({ ...upload, MaxParts: 2 }));
    assert.deepEqual(
      page.Parts?.map((part) => [part.PartNumber, part.Size]),
      [
        [2, 2],
        [5, 5],
      ],
    );
    assert.ok(page.Parts?.every((part) => part.ETag && part.ChecksumCRC32 && part.LastModified));
    assert.deepEqual([page.IsTruncated, page.NextPartNumberMarker], [true, '5']);
    assert.deepEqual([page.ChecksumAlgorithm, page.ChecksumType], ['CRC32', 'COMPOSITE']);
    const rest = await server.client.send(new ListPartsCommand({ ...upload, PartNumberMarker: '5' }));
    assert.deepEqual([rest.Parts?.map((part) => part.PartNumber), rest.IsTruncated], [[9], false]);
  });

  test('uploads are listed in order, grouped, page by page', async () => {
    const inBucket = { Bucket: 'uploads' };
    await server.client.send(new CreateBucketCommand(inBucket));
    for (const Key of ['b', 'a/2', 'a/1', 'b', 'c']) {
      await server.client.send(new CreateMultipartUploadCommand({ ...inBucket, Key }));
      await server.clock.advance(1);
    }
    const list = (more: object = {}) =>
      server.client.send(new ListMultipartUploadsCommand({ ...inBucket, ...more }));
    const all = await list();
    assert.deepEqual(
      all.Uploads?.map(({ Key }) => Key),
      ['a/1', 'a/2', 'b', 'b', 'c'],
    );
    const seen: (string | undefined)[] = [];
    for (let markers = {}; ; ) {
      const page = await list({ MaxUploads: 2, ...markers });
      seen.push(...(page.Uploads ?? []).map(({ UploadId }) => UploadId));
      if (!page.IsTruncated) break;
      markers = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
    }
    assert.deepEqual(
      seen,
      all.Uploads?.map(({ UploadId }) => UploadId),
    );
    const grouped = await list({ Delimiter: '/' });
    assert.deepEqual(grouped.CommonPrefixes, [{ Prefix: 'a/' }]);
    assert.deepEqual(
      grouped.Uploads?.map(({ Key }) => Key),
      ['b', 'b', 'c'],
    );
    assert.deepEqual((await list({ Prefix: 'a/' })).Uploads?.length, 2);
  });

  test('an aborted upload is gone', async () => {
    const upload = await create('aborted');
    await server.client.send(new AbortMultipartUploadCommand(upload));
    const gone = { name: 'NoSuchUpload', message: /The specified upload does not exist/ };
    await assert.rejects(server.client.send(new AbortMultipartUploadCommand(upload)), gone);
    await assert.rejects(server.client.send(new ListPartsCommand(upload)), gone);
    await assert.rejects(uploadParts(upload), gone);
  });

  test('lib-storage uploads a stream of unknown length', async () => {
    async function* pieces() {
      for (let at = 0; at < CONTENT.length; at += 65_536) yield CONTENT.subarray(at, at + 65_536);
    }
    const params = { Bucket, Key: 'streamed', Body: Readable.from(pieces()) };
    await new Upload({ client: server.client, params, queueSize: 2 }).done();
    assert.ok((await read('streamed')).bytes.equals(CONTENT));
  });

  test('no test made the server fault', () => assert.deepEqual(server.faults, []));
});
