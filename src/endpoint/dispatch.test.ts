import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { LARGEST_BODY } from './body.ts';
import { TestSigner } from './signature/test-signer.ts';
import { startEndpoint, type TestEndpointOptions } from './test-endpoint.ts';

const JSON_1_1 = 'application/x-amz-json-1.1';
const DESCRIBE = { 'x-amz-target': 'SageMaker.DescribeTrainingJob', 'content-type': JSON_1_1 };
const JOB = '{"TrainingJobName":"a"}';

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** An endpoint, and how to send it a request: signed for a service, or as it is. */
async function setUp(t: Parameters<typeof startEndpoint>[0], options?: TestEndpointOptions) {
  const started = await startEndpoint(t, options);
  const { url, port, clock } = started;
  const send = async ({ method = 'POST', path = '/', headers = {}, body }: Sent, service?: string) => {
    const host = { host: `127.0.0.1:${port}`, ...headers };
    const [pathOnly = '/', query = ''] = path.split('?');
    const signed = service
      ? await new TestSigner({ service }).sign(
          { method, path: pathOnly, query, headers: host, ...(body === undefined ? {} : { body }) },
          clock.now(),
        )
      : { headers: host };
    const { host: _host, ...rest } = signed.headers as Record<string, string>;
    const payload =
      body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) };
    return fetch(url + path, { method, headers: rest, ...payload });
  };
  const json = async (sent: Sent, service?: string) => {
    const response = await send(sent, service);
    const { __type: code, message } = (await response.json()) as { __type?: string; message?: string };
    return { status: response.status, code, message };
  };
  return { ...started, send, json };
}

describe('the ladder of the JSON services', () => {
  test('has the answer in the protocol of the request', async (t) => {
    const { send } = await setUp(t);
    for (const contentType of [JSON_1_1, 'application/x-amz-json-1.0']) {
      const response = await send(
        { headers: { ...DESCRIBE, 'content-type': contentType }, body: JOB },
        'sagemaker',
      );
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('content-type'), contentType);
      assert.match(response.headers.get('x-amzn-requestid') ?? '', /^[0-9a-f-]{36}$/);
      const body = await response.text();
      assert.equal(response.headers.get('content-length'), String(body.length));
    }
  });

  test('tells an error in body and header', async (t) => {
    const { send } = await setUp(t);
    const response = await send({ headers: DESCRIBE, body: JOB });
    assert.equal(response.status, 400);
    assert.equal(response.headers.get('x-amzn-errortype'), 'MissingAuthenticationTokenException');
    assert.deepEqual(await response.json(), {
      __type: 'MissingAuthenticationTokenException',
      message: 'Missing Authentication Token',
      Message: 'Missing Authentication Token',
    });
  });

  test('is climbed rung by rung', async (t) => {
    const { json } = await setUp(t);
    const steps: readonly (readonly [Sent, string | undefined])[] = [
      [
        { method: 'PUT', headers: { 'x-amz-target': 'X.Y' }, body: 'x'.repeat(LARGEST_BODY + 1) },
        'UnknownOperationException',
      ],
      [
        { headers: { 'x-amz-target': 'X.Y' }, body: 'x'.repeat(LARGEST_BODY + 1) },
        'RequestEntityTooLargeException',
      ],
      [
        { headers: { 'x-amz-target': 'X.Y', 'content-type': 'text/plain' }, body: '{' },
        'SerializationException',
      ],
      [{ headers: { 'x-amz-target': 'X.Y', 'content-type': JSON_1_1 }, body: '{' }, 'SerializationException'],
      [
        { headers: { 'x-amz-target': 'X.Y', 'content-type': JSON_1_1 }, body: '{}' },
        'UnknownOperationException',
      ],
      [{ headers: { 'content-type': JSON_1_1 }, body: '{}' }, 'UnknownOperationException'],
      [{ headers: DESCRIBE, body: '{"TrainingJobName":7}' }, 'MissingAuthenticationTokenException'],
    ];
    for (const [sent, code] of steps)
      assert.equal((await json(sent)).code, code, JSON.stringify(sent.headers));
    const signed = async (body: string) => (await json({ headers: DESCRIBE, body }, 'sagemaker')).code;
    assert.equal(await signed('{"TrainingJobName":7}'), 'SerializationException');
    assert.equal(await signed('[]'), 'SerializationException');
    assert.equal(await signed('{"TrainingJobName":"_"}'), 'ValidationException');
    assert.equal(await signed('{}'), 'ValidationException');
    assert.equal(await signed(JOB), undefined);
  });

  test('knows unserved operations from unknown ones', async (t) => {
    const { json } = await setUp(t);
    const message = async (target: string) =>
      (await json({ headers: { ...DESCRIBE, 'x-amz-target': target }, body: '{}' })).message;
    assert.equal(
      await message('SageMaker.CreateEndpoint'),
      'SageMaker has the operation CreateEndpoint, but this server does not serve it.',
    );
    assert.equal(
      await message('SageMaker.Nonsense'),
      'This server does not know the operation Nonsense of the service sagemaker.',
    );
    assert.equal(
      await message('DynamoDB_20120810.GetItem'),
      "This server has no service for the target 'DynamoDB_20120810.GetItem'.",
    );
  });

  test('signs for the service that is called, and no other', async (t) => {
    const { json } = await setUp(t);
    assert.deepEqual(await json({ headers: DESCRIBE, body: JOB }, 's3'), {
      status: 400,
      code: 'InvalidSignatureException',
      message: "Credential should be scoped to correct service: 'sagemaker'. ",
    });
  });

  test('takes a compressed body, within its limits', async (t) => {
    const { send, json } = await setUp(t);
    const encoded = (encoding: string, body: Buffer) => ({
      headers: { ...DESCRIBE, 'content-encoding': encoding },
      body,
    });
    assert.equal((await send(encoded('gzip', gzipSync(JOB)), 'sagemaker')).status, 200);
    assert.equal((await json(encoded('gzip', Buffer.from('no gzip')))).code, 'MalformedHttpRequestException');
    assert.equal((await json(encoded('br', Buffer.from('x')))).code, 'MalformedHttpRequestException');
    const bomb = gzipSync(Buffer.alloc(LARGEST_BODY + 1));
    assert.equal((await json(encoded('gzip', bomb))).code, 'RequestEntityTooLargeException');
  });

  test('takes no body for no input, and has none for no output', async (t) => {
    const run = () => undefined;
    const { send } = await setUp(t, {
      operations: { ListTrainingJobs: { input: 'ListTrainingJobsRequest', run } },
    });
    const response = await send(
      { headers: { ...DESCRIBE, 'x-amz-target': 'SageMaker.ListTrainingJobs' } },
      'sagemaker',
    );
    assert.deepEqual([response.status, await response.text()], [200, '']);
  });
});

describe('the ladder of the query services', () => {
  const FORM = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
  const code = async (response: Response) => /<Code>(\w+)<\/Code>/.exec(await response.text())?.[1];

  test('answers in XML, in the namespace of the service', async (t) => {
    const { send } = await setUp(t);
    const body = 'Action=GetCallerIdentity&Version=2011-06-15';
    const response = await send({ headers: FORM, body }, 'sts');
    assert.equal(response.headers.get('content-type'), 'text/xml');
    const requestId = response.headers.get('x-amzn-requestid');
    assert.equal(
      await response.text(),
      `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><UserId>AROABSZSWR52D5A4M4EN7:owner</UserId><Account>123456789012</Account><Arn>arn:aws:sts::123456789012:assumed-role/Training/owner</Arn></GetCallerIdentityResult><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></GetCallerIdentityResponse>`,
    );
    const unsigned = await send({ headers: FORM, body });
    assert.equal(unsigned.status, 403);
    assert.equal(
      await unsigned.text(),
      `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>MissingAuthenticationToken</Code><Message>Request is missing Authentication Token</Message></Error><RequestId>${unsigned.headers.get('x-amzn-requestid')}</RequestId></ErrorResponse>`,
    );
  });

  test('takes the query string of a GET', async (t) => {
    const { send } = await setUp(t);
    const path = '/?Action=GetCallerIdentity&Version=2011-06-15';
    assert.equal((await send({ method: 'GET', path }, 'sts')).status, 200);
  });

  test('takes a presigned URL', async (t) => {
    const { url, port, clock } = await setUp(t);
    const request = {
      method: 'GET',
      query: 'Action=GetCallerIdentity&Version=2011-06-15',
      headers: { host: `127.0.0.1:${port}` },
    };
    const { query } = await new TestSigner({ service: 'sts' }).presign(request, clock.now(), 60);
    assert.equal((await fetch(`${url}/?${query}`)).status, 200);
    assert.equal(
      await code(await fetch(`${url}/?${query.replace('Identity', 'identity')}`)),
      'SignatureDoesNotMatch',
    );
  });

  test('knows no other action and no other version', async (t) => {
    const { send } = await setUp(t);
    const answer = async (body: string) => code(await send({ headers: FORM, body }, 'sts'));
    assert.equal(await answer('Action=AssumeRole&Version=2011-06-15'), 'InvalidAction');
    assert.equal(await answer('Action=GetCallerIdentity&Version=2001-01-01'), 'InvalidAction');
    assert.equal(await answer('Action=GetCallerIdentity'), 'InvalidAction');
    assert.equal(await answer(''), 'InvalidAction');
  });

  test('checks its input by the model', async (t) => {
    const { send } = await setUp(t);
    const answer = async (body: string) => code(await send({ headers: FORM, body }, 'iam'));
    assert.equal(await answer('Action=GetRole&Version=2010-05-08'), 'ValidationError');
    assert.equal(await answer('Action=GetRole&Version=2010-05-08&RoleName=a%20b'), 'ValidationError');
    assert.equal(await answer('Action=GetRole&Version=2010-05-08&RoleName=a'), 'NoSuchEntity');
  });
});

describe('everything else', () => {
  test('is for S3, which turns a stranger away', async (t) => {
    const { send } = await setUp(t);
    for (const [method, path] of [
      ['GET', '/'],
      ['GET', '/favicon.ico'],
      ['POST', '/'],
      ['DELETE', '/bucket/key?versionId=1'],
    ] as const) {
      const response = await send({ method, path });
      assert.equal(response.status, 403);
      assert.match(
        await response.text(),
        /<Error><Code>AccessDenied<\/Code><Message>Access Denied<\/Message>/,
      );
    }
    const head = await send({ method: 'HEAD', path: '/bucket' });
    assert.deepEqual([head.status, await head.text()], [403, '']);
  });

  test('of a service that is not served is refused by name', async (t) => {
    const { json } = await setUp(t);
    assert.deepEqual(await json({ method: 'PUT', path: '/BatchPutMetrics', body: '{}' }, 'sagemaker'), {
      status: 400,
      code: 'UnknownOperationException',
      message: 'This server does not serve PUT /BatchPutMetrics of sagemaker.',
    });
  });

  test("below /_trainyard/ is the server's own", async (t) => {
    const { send } = await setUp(t);
    const health = await send({ method: 'GET', path: '/_trainyard/health' });
    assert.deepEqual([health.status, await health.text()], [200, 'ok\n']);
    assert.equal((await send({ method: 'GET', path: '/_trainyard/other' })).status, 404);
    const { send: sendToPages, log } = await setUp(t, {
      pages(exchange) {
        if (exchange.path === '/_trainyard/broken') throw new Error('a bug');
        exchange.send(200, 'text/plain', `page ${exchange.path}`);
      },
    });
    assert.equal(
      await (await sendToPages({ method: 'GET', path: '/_trainyard/jobs' })).text(),
      'page /_trainyard/jobs',
    );
    assert.equal((await sendToPages({ method: 'GET', path: '/_trainyard/broken' })).status, 500);
    assert.match(log[0] ?? '', /GET \/_trainyard\/broken.*a bug/);
  });

  test("a browser at the server's address is sent to the page; S3's clients are not", async (t) => {
    const { url } = await setUp(t);
    const accept = 'text/html,application/xhtml+xml,*/*;q=0.8';
    const browser = await fetch(url, { headers: { accept }, redirect: 'manual' });
    assert.deepEqual([browser.status, browser.headers.get('location')], [302, '/_trainyard/']);
    assert.equal((await fetch(url, { redirect: 'manual' })).status, 403);
    const signed = {
      accept,
      authorization: 'AWS4-HMAC-SHA256 Credential=A/20260101/eu-west-1/s3/aws4_request',
    };
    assert.notEqual((await fetch(url, { headers: signed, redirect: 'manual' })).status, 302);
  });
});
