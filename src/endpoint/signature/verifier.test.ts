import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { TestClock } from '../../clock/test-clock.ts';
import { audience } from './audience.ts';
import type { Credential, CredentialStore } from './credentials.ts';
import type { Refusal } from './refusal.ts';
import { TestSigner, type TestSignerOptions, withHeaders } from './test-signer.ts';
import { createVerifier, isRefusal, type SignedRequest, type Verified, type Verifier } from './verifier.ts';

const MINUTE = 60_000;
const CALLER = 'arn:aws:iam::123456789012:root';
const OWNER: Credential = { secretAccessKey: 'secret', callerArn: CALLER };
const SAGEMAKER = audience('sagemaker', 'eu-west-1');
const S3 = audience('s3', 'eu-west-1');
const BODY = Buffer.from('{"TrainingJobName":"a"}');
const TARGET = { 'x-amz-target': 'SageMaker.DescribeTrainingJob' };

const store = (...keys: readonly (readonly [string, Credential])[]): CredentialStore => ({
  find: (id) => new Map(keys).get(id),
});

function setUp(credentials = store(['AKIDEXAMPLE', OWNER])) {
  const clock = new TestClock();
  return { clock, now: clock.now(), verifier: createVerifier(credentials, clock) };
}

const signer = (service: string, options: Partial<TestSignerOptions> = {}) =>
  new TestSigner({ service, ...options });

function accepted(outcome: Verified | Refusal): Verified {
  if (isRefusal(outcome)) assert.fail(`refused: ${JSON.stringify(outcome)}`);
  return outcome;
}

function reason(outcome: Verified | Refusal): string {
  return isRefusal(outcome) ? outcome.reason : 'accepted';
}

const change = (request: SignedRequest, name: string, value: string): SignedRequest => ({
  ...request,
  headers: { ...request.headers, [name]: value },
  rawHeaders: request.rawHeaders.map((each, at) => (request.rawHeaders[at - 1] === name ? value : each)),
});

describe('published examples', () => {
  // AWS's Signature Version 4 test suite, "get-vanilla".
  test('get-vanilla', () => {
    const clock = new TestClock(Date.UTC(2015, 7, 30, 12, 36, 0));
    const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
    const verifier = createVerifier(store(['AKIDEXAMPLE', { secretAccessKey, callerArn: CALLER }]), clock);
    const request = withHeaders({ method: 'GET', path: '/', query: '' }, [
      ['Host', 'example.amazonaws.com'],
      ['X-Amz-Date', '20150830T123600Z'],
      [
        'Authorization',
        'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
      ],
    ]);
    accepted(verifier.verify(request, audience('service', 'us-east-1'), Buffer.alloc(0)));
  });

  const s3Example = () => {
    const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
    const clock = new TestClock(Date.UTC(2013, 4, 24));
    return createVerifier(store(['AKIAIOSFODNN7EXAMPLE', { secretAccessKey, callerArn: CALLER }]), clock);
  };

  // S3 API reference, "Signature Calculations for the Authorization Header: Transferring Payload in a Single Chunk", GET Object.
  test('S3 GET Object', () => {
    const request = withHeaders({ method: 'GET', path: '/test.txt', query: '' }, [
      ['Host', 'examplebucket.s3.amazonaws.com'],
      ['Range', 'bytes=0-9'],
      ['x-amz-content-sha256', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
      ['x-amz-date', '20130524T000000Z'],
      [
        'Authorization',
        'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
      ],
    ]);
    accepted(s3Example().verify(request, audience('s3', 'us-east-1')));
  });

  // S3 API reference, "Authenticating Requests: Using Query Parameters".
  test('S3 presigned URL', () => {
    const query =
      'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404';
    const request = withHeaders({ method: 'GET', path: '/test.txt', query }, [
      ['Host', 'examplebucket.s3.amazonaws.com'],
    ]);
    assert.deepEqual(accepted(s3Example().verify(request, audience('s3', 'us-east-1'))).payload, {
      kind: 'unsigned',
    });
  });
});

describe('a signature in the header', () => {
  test('holds, and tells who the caller is', async () => {
    const { verifier, now } = setUp();
    const request = await signer('sagemaker').sign({ headers: TARGET, body: BODY }, now);
    const { accessKeyId, callerArn } = accepted(verifier.verify(request, SAGEMAKER, BODY));
    assert.deepEqual({ accessKeyId, callerArn }, { accessKeyId: 'AKIDEXAMPLE', callerArn: CALLER });
  });

  test('holds for a host without its port, as Perl signs it', async () => {
    const { verifier, now } = setUp();
    const request = await signer('sagemaker').sign(
      { headers: { host: 'trainyard', ...TARGET }, body: BODY },
      now,
    );
    accepted(verifier.verify(request, SAGEMAKER, BODY));
  });

  test('does not hold for another body, header, method, path or query', async () => {
    const { verifier, now } = setUp();
    const request = await signer('sagemaker').sign({ headers: TARGET, body: BODY, query: 'a=1' }, now);
    accepted(verifier.verify(request, SAGEMAKER, BODY));
    const tampered: readonly (readonly [SignedRequest, Buffer])[] = [
      [request, Buffer.from('{}')],
      [change(request, 'x-amz-target', 'SageMaker.DeleteTrainingJob'), BODY],
      [change(request, 'host', 'elsewhere'), BODY],
      [{ ...request, method: 'PUT' }, BODY],
      [{ ...request, path: '/x' }, BODY],
      [{ ...request, query: 'a=2' }, BODY],
    ];
    for (const [forged, body] of tampered) {
      assert.equal(reason(verifier.verify(forged, SAGEMAKER, body)), 'mismatch');
    }
  });

  test('does not hold with another secret, with one that was replaced, or cut short', async () => {
    let secretAccessKey = 'secret';
    const { verifier, now } = setUp({ find: () => ({ secretAccessKey, callerArn: CALLER }) });
    const request = await signer('sagemaker').sign({ body: BODY }, now);
    const forged = await signer('sagemaker', { secretAccessKey: 'guess' }).sign({ body: BODY }, now);
    assert.equal(reason(verifier.verify(forged, SAGEMAKER, BODY)), 'mismatch');
    const authorization = String(request.headers.authorization);
    for (const wrong of [
      authorization.slice(0, -2),
      `${authorization}zz`,
      `${authorization.slice(0, -1)}g`,
    ]) {
      assert.equal(
        reason(verifier.verify(change(request, 'authorization', wrong), SAGEMAKER, BODY)),
        'mismatch',
      );
    }
    accepted(verifier.verify(request, SAGEMAKER, BODY));
    secretAccessKey = 'replaced';
    assert.equal(reason(verifier.verify(request, SAGEMAKER, BODY)), 'mismatch');
  });

  test('covers the host and every x-amz- header', async () => {
    const { verifier, now } = setUp();
    const request = await signer('sagemaker').sign({ body: BODY }, now);
    const added = withHeaders(request, [
      ...Object.entries(request.headers as Record<string, string>),
      ['X-Amz-Target', 'SageMaker.DeleteTrainingJob'],
    ]);
    assert.deepEqual(verifier.verify(added, SAGEMAKER, BODY), {
      reason: 'unsigned header',
      header: 'x-amz-target',
    });
    const authorization = String(request.headers.authorization).replace('host;', '');
    assert.deepEqual(verifier.verify(change(request, 'authorization', authorization), SAGEMAKER, BODY), {
      reason: 'unsigned header',
      header: 'host',
    });
  });

  test('joins repeated headers by a comma and folds spaces', async () => {
    const { verifier, now } = setUp();
    const signed = await signer('sagemaker').sign(
      { headers: { 'x-amz-meta-list': 'a b,c,d' }, body: BODY },
      now,
    );
    const others = Object.entries(signed.headers as Record<string, string>).filter(
      ([name]) => name !== 'x-amz-meta-list',
    );
    const sent = withHeaders(signed, [
      ...others,
      ['X-Amz-Meta-List', '  a \t  b'],
      ['x-amz-meta-list', 'c'],
      ['X-AMZ-META-LIST', 'd '],
    ]);
    accepted(verifier.verify(sent, SAGEMAKER, BODY));
    const reordered = withHeaders(signed, [
      ...others,
      ['x-amz-meta-list', 'c'],
      ['x-amz-meta-list', 'a b'],
      ['x-amz-meta-list', 'd'],
    ]);
    assert.equal(reason(verifier.verify(reordered, SAGEMAKER, BODY)), 'mismatch');
  });

  test('is good for 15 minutes around its date', async () => {
    const { verifier, now } = setUp();
    const at = async (time: number) =>
      reason(verifier.verify(await signer('sagemaker').sign({ body: BODY }, time), SAGEMAKER, BODY));
    assert.equal(await at(now - 15 * MINUTE), 'accepted');
    assert.equal(await at(now + 15 * MINUTE), 'accepted');
    assert.equal(await at(now - 15 * MINUTE - 1000), 'too old');
    assert.equal(await at(now + 15 * MINUTE + 1000), 'not yet valid');
  });

  test('needs a date, if only the one of the Date header', async () => {
    const { verifier, now } = setUp();
    const signed = await signer('sagemaker').sign({ body: BODY }, now);
    const dated = (...date: readonly (readonly [string, string])[]) =>
      reason(
        verifier.verify(
          withHeaders(signed, [
            ['host', 'trainyard:8080'],
            ['authorization', String(signed.headers.authorization)],
            ...date,
          ]),
          SAGEMAKER,
          BODY,
        ),
      );
    assert.equal(dated(), 'no date');
    assert.equal(dated(['x-amz-date', '2026-01-01']), 'malformed date');
    assert.equal(dated(['date', 'yesterday']), 'malformed date');
    // The day fits the scope; the signature can't fit, as it was made for another header.
    assert.equal(dated(['date', 'Thu, 01 Jan 2026 00:00:00 GMT']), 'mismatch');
    assert.equal(dated(['date', 'Fri, 02 Jan 2026 00:00:00 GMT']), 'not yet valid');
  });

  test('is scoped to the service, region and day', async () => {
    const { verifier, now } = setUp();
    const elsewhere = await signer('logs', { region: 'us-east-1' }).sign({ body: BODY }, now);
    const outcome = verifier.verify(elsewhere, SAGEMAKER, BODY);
    assert.ok(isRefusal(outcome) && outcome.reason === 'out of scope');
    assert.deepEqual(outcome.faults, [
      { part: 'region', got: 'us-east-1', expected: 'eu-west-1' },
      { part: 'service', got: 'logs', expected: 'sagemaker' },
    ]);
    const request = await signer('sagemaker').sign({ body: BODY }, now);
    const authorization = String(request.headers.authorization)
      .replace('/20260101/', '/20251231/')
      .replace('aws4_request', 'aws4');
    const wrong = verifier.verify(change(request, 'authorization', authorization), SAGEMAKER, BODY);
    assert.ok(isRefusal(wrong) && wrong.reason === 'out of scope');
    assert.deepEqual(
      wrong.faults.map(({ part }) => part),
      ['terminator', 'date'],
    );
  });

  test('may be made out to us-east-1 for services that AWS has one endpoint of', async () => {
    const { verifier, now } = setUp();
    for (const service of ['s3', 'sts', 'iam']) {
      const request = await signer(service, { region: 'us-east-1' }).sign({ body: BODY }, now);
      accepted(verifier.verify(request, audience(service, 'eu-west-1'), BODY));
    }
  });

  test('needs a key that is known', async () => {
    const { verifier, now } = setUp();
    const request = await signer('sagemaker', { accessKeyId: 'AKIDSTRANGER' }).sign({ body: BODY }, now);
    assert.deepEqual(verifier.verify(request, SAGEMAKER, BODY), {
      reason: 'unknown key',
      accessKeyId: 'AKIDSTRANGER',
    });
  });

  test('of a temporary key needs its token, and its time', async () => {
    const job: Credential = { ...OWNER, sessionToken: 'token' };
    const { verifier, now } = setUp(
      store(['ASIAJOB', job], ['ASIAOVER', { ...job, expired: true }], ['AKIDEXAMPLE', OWNER]),
    );
    const outcome = async (accessKeyId: string, sessionToken?: string) => {
      const options = sessionToken === undefined ? { accessKeyId } : { accessKeyId, sessionToken };
      return reason(
        verifier.verify(await signer('sagemaker', options).sign({ body: BODY }, now), SAGEMAKER, BODY),
      );
    };
    assert.equal(await outcome('ASIAJOB', 'token'), 'accepted');
    assert.equal(await outcome('ASIAJOB', 'other'), 'wrong token');
    assert.equal(await outcome('ASIAJOB'), 'wrong token');
    assert.equal(await outcome('ASIAOVER', 'token'), 'expired token');
    assert.equal(await outcome('AKIDEXAMPLE', 'token'), 'wrong token');
  });

  test('has to be there, whole and of this algorithm', () => {
    const { verifier } = setUp();
    const withAuthorization = (authorization?: string) =>
      verifier.verify(
        withHeaders({ method: 'POST', path: '/', query: '' }, [
          ['host', 'trainyard'],
          ['x-amz-date', '20260101T000000Z'],
          ...(authorization === undefined ? [] : [['authorization', authorization] as const]),
        ]),
        SAGEMAKER,
        BODY,
      );
    assert.deepEqual(withAuthorization(), { reason: 'missing' });
    assert.deepEqual(withAuthorization('AWS key:signature'), {
      reason: 'unsupported mechanism',
      mechanism: 'AWS',
    });
    assert.deepEqual(withAuthorization('AWS4-HMAC-SHA256 Credential=a'), {
      reason: 'incomplete',
      place: 'header',
      missing: ['Signature', 'SignedHeaders'],
    });
    assert.deepEqual(
      withAuthorization('AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=host, Signature=0'),
      {
        reason: 'malformed credential',
        place: 'header',
        credential: 'a/b/c',
      },
    );
  });
});

describe('S3', () => {
  test('takes what is declared of the body for the body', async () => {
    const { verifier, now } = setUp();
    const declared = async (value?: string) => {
      const headers: Record<string, string> = value === undefined ? {} : { 'x-amz-content-sha256': value };
      const request = await signer('s3').sign({ method: 'PUT', path: '/b/k', headers, body: 'hello' }, now);
      return { request, payload: accepted(verifier.verify(request, S3)).payload };
    };
    const sha256 = createHash('sha256').update('hello').digest('hex');
    assert.deepEqual((await declared()).payload, { kind: 'hash', sha256 });
    assert.deepEqual((await declared('UNSIGNED-PAYLOAD')).payload, { kind: 'unsigned' });
    assert.deepEqual((await declared('STREAMING-UNSIGNED-PAYLOAD-TRAILER')).payload, {
      kind: 'streaming',
      signed: false,
      trailer: true,
    });
    const { request, payload } = await declared('STREAMING-AWS4-HMAC-SHA256-PAYLOAD');
    assert.ok(payload.kind === 'streaming');
    assert.deepEqual(
      { ...payload, signingKey: payload.signingKey?.length },
      {
        kind: 'streaming',
        signed: true,
        trailer: false,
        signingKey: 32,
        scope: '20260101/eu-west-1/s3/aws4_request',
        timestamp: '20260101T000000Z',
        seedSignature: String(request.headers.authorization).slice(-64),
      },
    );
  });

  test('refuses a body of which nothing, or nonsense, is declared', async () => {
    const { verifier, now } = setUp();
    const request = await signer('s3').sign({ method: 'PUT', path: '/b/k', body: 'hello' }, now);
    const without = withHeaders(
      request,
      Object.entries(request.headers as Record<string, string>).filter(
        ([name]) => name !== 'x-amz-content-sha256',
      ),
    );
    assert.equal(reason(verifier.verify(without, S3)), 'no payload hash');
    assert.equal(
      reason(verifier.verify(change(request, 'x-amz-content-sha256', 'MD5'), S3)),
      'malformed payload hash',
    );
  });

  test('signs the path as it is sent, dots and all', async () => {
    const { verifier, now } = setUp();
    for (const path of ['/b/a%20b', '/b//x/./../y', '/b/%C3%A9+%2B', "/b/a'(x)*!", '/b/', '/']) {
      accepted(verifier.verify(await signer('s3').sign({ method: 'GET', path }, now), S3));
    }
  });

  test('takes a path of which the client signed more characters encoded than it sent', async () => {
    const { verifier, now } = setUp();
    const request = await signer('s3').sign({ method: 'GET', path: '/b/%28x%29%2B%40' }, now);
    accepted(verifier.verify({ ...request, path: '/b/(x)+@' }, S3));
    assert.equal(reason(verifier.verify({ ...request, path: '/b/(y)+@' }, S3)), 'mismatch');
  });
});

describe('a presigned URL', () => {
  const url = { method: 'GET', path: '/b/k' };

  test('is good until it expires', async () => {
    const { verifier, clock, now } = setUp();
    const request = await signer('s3').presign(url, now, 3600);
    accepted(verifier.verify(request, S3));
    await clock.advance(60 * MINUTE);
    accepted(verifier.verify(request, S3));
    await clock.advance(1);
    assert.deepEqual(verifier.verify(request, S3), {
      reason: 'url expired',
      date: '20260101T000000Z',
      expiredAt: now + 60 * MINUTE,
      now: now + 60 * MINUTE + 1,
    });
    assert.equal(
      reason(verifier.verify(await signer('s3').presign(url, now + 120 * MINUTE, 60), S3)),
      'not yet usable url',
    );
  });

  test('is good for one request only', async () => {
    const { verifier, now } = setUp();
    const request = await signer('s3').presign(url, now, 60);
    for (const forged of [
      { ...request, path: '/b/other' },
      { ...request, method: 'PUT' },
      { ...request, query: request.query.replace('Expires=60', 'Expires=61') },
      { ...request, query: `${request.query}&versionId=1` },
    ]) {
      assert.equal(reason(verifier.verify(forged, S3)), 'mismatch');
    }
  });

  test('carries the token of a temporary key', async () => {
    const { verifier, now } = setUp(store(['AKIDEXAMPLE', { ...OWNER, sessionToken: 'to/ken+=' }]));
    accepted(verifier.verify(await signer('s3', { sessionToken: 'to/ken+=' }).presign(url, now, 60), S3));
    assert.equal(reason(verifier.verify(await signer('s3').presign(url, now, 60), S3)), 'wrong token');
  });

  test('has its own ways to be malformed', async () => {
    const { verifier, now } = setUp();
    const request = await signer('s3').presign(url, now, 60);
    const edited = (search: string | RegExp, replacement: string) =>
      verifier.verify({ ...request, query: request.query.replace(search, replacement) }, S3);
    assert.equal(reason(edited('Expires=60', 'Expires=x')), 'malformed expiry');
    assert.equal(reason(edited('Expires=60', 'Expires=-1')), 'malformed expiry');
    assert.equal(reason(edited('Expires=60', 'Expires=604801')), 'malformed expiry');
    assert.equal(reason(edited('X-Amz-Expires=60', '')), 'incomplete');
    assert.equal(reason(edited(/X-Amz-Signature=\w+/, '')), 'incomplete');
    assert.equal(reason(edited('20260101T000000Z', 'today')), 'malformed date');
    assert.equal(reason(edited('AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256')), 'unsupported mechanism');
    const both = withHeaders(request, [
      ['host', 'trainyard:8080'],
      ['authorization', 'AWS4-HMAC-SHA256 x'],
    ]);
    assert.equal(reason(verifier.verify(both, S3)), 'two mechanisms');
  });
});

const text = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((value) => value.isWellFormed());
/** The signer itself loses a parameter of this name: it keeps them in a plain object. */
const parameter = text.filter((name) => name !== '__proto__');
const segment = text.map((value) => encodeURIComponent(value));

function agrees(verifier: Verifier, service: string, now: number) {
  return fc.asyncProperty(
    fc.array(segment, { maxLength: 4 }),
    fc.uniqueArray(fc.tuple(parameter, text), { selector: ([name]) => name, maxLength: 4 }),
    fc.string({ maxLength: 20 }).map((value) => value.trim()),
    fc.boolean(),
    async (segments, pairs, value, presigned) => {
      const request = {
        method: 'GET',
        path: `/${segments.join('/')}`,
        query: pairs.map((pair) => pair.map(encodeURIComponent).join('=')).join('&'),
        headers: { 'x-amz-meta-a': value },
      };
      const by = signer(service);
      const signed = presigned ? await by.presign(request, now, 60) : await by.sign(request, now);
      const body = service === 's3' ? undefined : Buffer.alloc(0);
      accepted(verifier.verify(signed, audience(service, 'eu-west-1'), body));
    },
  );
}

describe("whatever AWS's own signer signs is accepted", () => {
  for (const service of ['s3', 'sts']) {
    test(service, async () => {
      const { verifier, now } = setUp();
      await fc.assert(agrees(verifier, service, now), { numRuns: 150 });
    });
  }
});
