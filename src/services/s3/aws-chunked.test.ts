import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { decodeAwsChunked } from './aws-chunked.ts';
import type { StreamingPayload } from './payload.ts';

const BODY = Buffer.alloc(66_560, 'a');

/** The key of the examples in the S3 API reference. */
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();
const EXAMPLE_KEY = ['20130524', 'us-east-1', 's3', 'aws4_request'].reduce<Buffer>(
  (key, part) => hmac(key, part),
  Buffer.from('AWS4wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'),
);

const SIGNED: StreamingPayload = {
  kind: 'streaming',
  signed: true,
  trailer: false,
  signingKey: EXAMPLE_KEY,
  scope: '20130524/us-east-1/s3/aws4_request',
  timestamp: '20130524T000000Z',
  seedSignature: '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
};

const SIGNED_TRAILER: StreamingPayload = {
  ...SIGNED,
  trailer: true,
  seedSignature: '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e',
};

const UNSIGNED: StreamingPayload = { kind: 'streaming', signed: false, trailer: true };

interface Decoding {
  readonly payload: StreamingPayload;
  readonly length?: number;
  readonly trailerNames?: readonly string[];
  /** The sizes in which the body arrives. */
  readonly pieces?: number;
}

async function decode(frames: readonly (string | Buffer)[], decoding: Decoding) {
  const { payload, length = BODY.length, trailerNames = [], pieces = 1 << 20 } = decoding;
  const wire = Buffer.concat(frames.map((frame) => Buffer.from(frame)));
  const trailers = new Map<string, string>();
  const decoded: Buffer[] = [];
  const options = { payload, decodedLength: length, trailerNames };
  for await (const chunk of decodeAwsChunked(inPieces(wire, pieces), options, trailers)) decoded.push(chunk);
  return { bytes: Buffer.concat(decoded), trailers };
}

async function* inPieces(wire: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < wire.length; at += size) yield wire.subarray(at, at + size);
}

const chunk = (size: number, signature: string, bytes = BODY) => [
  `${size.toString(16)};chunk-signature=${signature}\r\n`,
  bytes.subarray(0, size),
  '\r\n',
];

// S3 API reference, "Signature calculations … transferring payload in multiple chunks", example.
const EXAMPLE = [
  ...chunk(65_536, 'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648'),
  ...chunk(1024, '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497'),
  ...chunk(0, 'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9'),
];

// The same, "… including trailing headers (trailing checksums)", example.
const EXAMPLE_WITH_TRAILER = [
  ...chunk(65_536, 'b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2'),
  ...chunk(1024, '1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7'),
  '0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n',
  'x-amz-checksum-crc32c:sOO8/Q==\r\n',
  'x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n',
];

test("decodes the S3 API reference's signed example, however the network cuts it", async () => {
  for (const pieces of [1, 7, 8192, 1 << 20]) {
    const { bytes } = await decode(EXAMPLE, { payload: SIGNED, pieces });
    assert.deepEqual(bytes, BODY);
  }
});

test("decodes the S3 API reference's example with a signed trailer", async () => {
  const trailerNames = ['x-amz-checksum-crc32c'];
  const { bytes, trailers } = await decode(EXAMPLE_WITH_TRAILER, { payload: SIGNED_TRAILER, trailerNames });
  assert.deepEqual(bytes, BODY);
  assert.deepEqual([...trailers], [['x-amz-checksum-crc32c', 'sOO8/Q==']]);
});

test('a chunk that was changed does not have its signature', async () => {
  const changed = EXAMPLE.with(1, Buffer.alloc(65_536, 'b'));
  await assert.rejects(decode(changed, { payload: SIGNED }), { code: 'SignatureDoesNotMatch', status: 403 });
});

test('the signature of the last, empty chunk is verified too', async () => {
  const forged = [...EXAMPLE.slice(0, 6), ...chunk(0, '0'.repeat(64))];
  await assert.rejects(decode(forged, { payload: SIGNED }), { code: 'SignatureDoesNotMatch' });
});

test('a chunk without a signature is refused where chunks are signed', async () => {
  const frames = ['10400\r\n', BODY, '\r\n0\r\n\r\n'];
  await assert.rejects(decode(frames, { payload: SIGNED }), { code: 'SignatureDoesNotMatch' });
});

test('a trailer that was changed does not have its signature', async () => {
  const changed = EXAMPLE_WITH_TRAILER.with(7, 'x-amz-checksum-crc32c:AAAAAA==\r\n');
  const trailerNames = ['x-amz-checksum-crc32c'];
  await assert.rejects(decode(changed, { payload: SIGNED_TRAILER, trailerNames }), {
    code: 'SignatureDoesNotMatch',
  });
});

test('a signed trailer needs its signature', async () => {
  const unsigned = [...EXAMPLE_WITH_TRAILER.slice(0, -1), '\r\n'];
  const trailerNames = ['x-amz-checksum-crc32c'];
  await assert.rejects(decode(unsigned, { payload: SIGNED_TRAILER, trailerNames }), {
    code: 'SignatureDoesNotMatch',
  });
});

const TRAILER = { payload: UNSIGNED, length: 3, trailerNames: ['x-amz-checksum-crc32'] };

/** Bodies that break the frame, by what is wrong with them. */
const BROKEN: Record<
  string,
  readonly [frames: readonly string[], code: string, decoding?: Partial<Decoding>]
> = {
  'ends in a chunk': [['5\r\nab'], 'IncompleteBody', { length: 5 }],
  'ends before the last chunk': [['3\r\nabc\r\n'], 'IncompleteBody'],
  'ends in the trailer': [['3\r\nabc\r\n0\r\nx-amz-checksum-crc32:AAAA'], 'IncompleteBody'],
  'holds less than announced': [
    ['3\r\nabc\r\n0\r\nx-amz-checksum-crc32:A\r\n\r\n'],
    'IncompleteBody',
    { length: 4 },
  ],
  'holds more than announced': [['4\r\nabcd\r\n0\r\nx-amz-checksum-crc32:A\r\n\r\n'], 'IncompleteBody'],
  'has a small chunk in the middle': [
    ['1\r\na\r\n2\r\nbc\r\n0\r\nx-amz-checksum-crc32:A\r\n\r\n'],
    'InvalidChunkSizeError',
  ],
  'has a size that is none': [['xyz\r\nabc\r\n'], 'InvalidChunkSizeError'],
  'has a chunk longer than its size': [['3\r\nabcd\r\n0\r\n\r\n'], 'InvalidChunkSizeError'],
  'has an endless size line': [['0'.repeat(3000)], 'InvalidChunkSizeError'],
  'lacks the trailer': [['3\r\nabc\r\n0\r\n\r\n'], 'MalformedTrailerError'],
  'has another trailer': [['3\r\nabc\r\n0\r\nx-amz-checksum-sha1:A\r\n\r\n'], 'MalformedTrailerError'],
  'has a trailer twice': [
    ['3\r\nabc\r\n0\r\nx-amz-checksum-crc32:A\r\nx-amz-checksum-crc32:A\r\n\r\n'],
    'MalformedTrailerError',
    { trailerNames: ['x-amz-checksum-crc32', 'x-amz-checksum-crc32'] },
  ],
  'has a trailer that is no field': [['3\r\nabc\r\n0\r\nnonsense\r\n\r\n'], 'MalformedTrailerError'],
  'goes on after its end': [['3\r\nabc\r\n0\r\nx-amz-checksum-crc32:A\r\n\r\nmore'], 'MalformedTrailerError'],
};

for (const [what, [frames, code, decoding]] of Object.entries(BROKEN)) {
  test(`a body that ${what} is ${code}`, async () => {
    for (const pieces of [1, 1 << 20]) {
      await assert.rejects(decode(frames, { ...TRAILER, ...decoding, pieces }), { code });
    }
  });
}

test('a client may end a trailing field with a line feed of its own', async () => {
  const { trailers } = await decode(['3\r\nabc\r\n0\r\nx-amz-checksum-crc32:NSRBwg==\n\r\n\r\n'], TRAILER);
  assert.equal(trailers.get('x-amz-checksum-crc32'), 'NSRBwg==');
});

test('bytes are handed on as they come, without a copy and without waiting for their chunk to end', async () => {
  const wire = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(1000, 'x')]);
  async function* arrives() {
    yield wire;
    throw new Error('asked for more before what was there had been taken');
  }
  const options = { payload: UNSIGNED, decodedLength: 65_536, trailerNames: [] };
  const decoded = decodeAwsChunked(arrives(), options, new Map());
  const { value } = await decoded.next();
  assert.equal(value?.length, 1000);
  assert.equal(value?.buffer, wire.buffer);
  assert.equal(
    createHash('md5')
      .update(value ?? '')
      .digest('hex'),
    createHash('md5').update(wire.subarray(7)).digest('hex'),
  );
  await decoded.return(undefined);
});
