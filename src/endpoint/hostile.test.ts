import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { TestClock } from '../clock/test-clock.ts';
import { TestSigner } from './signature/test-signer.ts';
import { startEndpoint } from './test-endpoint.ts';

// Whatever a client sends: the answer is never a fault of the server, nothing is logged as one, and the server lives on.

/** Sends bytes, ends the sending side, and resolves with all that comes back. */
function exchange(port: number, bytes: string | Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
    socket.setEncoding('latin1').on('data', (text: string) => {
      received += text;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(received));
  });
}

const refusesOrServes = (answer: string) => answer === '' || /^HTTP\/1\.1 [1234]\d\d /.test(answer);

test('random bytes', async (t) => {
  const { port, url, log } = await startEndpoint(t);
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc
      .uint8Array({ maxLength: 200 })
      .map((tail) => Buffer.concat([Buffer.from('POST / HTTP/1.1\r\nHost: x\r\n'), tail])),
  );
  await fc.assert(
    fc.asyncProperty(bytes, async (sent) => refusesOrServes(await exchange(port, sent))),
    { numRuns: 150 },
  );
  assert.equal((await fetch(`${url}/_trainyard/health`)).status, 200);
  assert.deepEqual(log, []);
});

const odd = fc
  .string({
    unit: fc
      .integer({ min: 0x20, max: 0xff })
      .filter((code) => code !== 0x7f)
      .map((code) => String.fromCharCode(code)),
    maxLength: 20,
  })
  .map((text) => text.trim());
const scope = fc.constantFrom(
  '20260101/eu-west-1/sagemaker',
  '20260101/eu-west-1/s3',
  '//',
  'a/b/c',
  '20260101/eu-west-1/sts',
);
const authorization = fc.oneof(
  odd,
  odd.map((text) => `AWS4-HMAC-SHA256 ${text}`),
  fc
    .tuple(odd, scope, odd, odd)
    .map(
      ([key, where, names, signature]) =>
        `AWS4-HMAC-SHA256 Credential=${key}/${where}/aws4_request, SignedHeaders=${names};host, Signature=${signature}`,
    ),
  scope.map(
    (where) =>
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${where}/aws4_request,SignedHeaders=__proto__;constructor;host,Signature=00`,
  ),
);
const HEADERS = fc.record(
  {
    authorization,
    'x-amz-date': fc.oneof(odd, fc.constantFrom('20260101T000000Z', '99999999T999999Z', '00000000T000000Z')),
    date: odd,
    'x-amz-target': fc.oneof(
      odd,
      fc.constantFrom('SageMaker.DescribeTrainingJob', 'SageMaker.', '.', 'SageMaker.__proto__'),
    ),
    'content-type': fc.oneof(
      odd,
      fc.constantFrom('application/x-amz-json-1.1', 'application/x-www-form-urlencoded'),
    ),
    'content-encoding': fc.oneof(odd, fc.constant('gzip')),
    'x-amz-content-sha256': fc.oneof(odd, fc.constant('UNSIGNED-PAYLOAD')),
    'x-amz-security-token': odd,
    'smithy-protocol': odd,
    constructor: odd,
    __proto__: odd,
  },
  { requiredKeys: [] },
);
const pathText = fc.string({
  unit: fc.constantFrom(...'/.%?&=+:~ab0', '%2F', '%zz', '\xe9', 'X-Amz-Expires', 'X-Amz-Date'),
  maxLength: 12,
});
const target = fc.oneof(
  pathText.map((path) => `/${path}`),
  fc
    .tuple(pathText, odd)
    .map(
      ([path, date]) =>
        `/${path}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE/20260101/eu-west-1/s3/aws4_request&X-Amz-Date=${encodeURIComponent(date)}&X-Amz-Expires=9&X-Amz-SignedHeaders=host&X-Amz-Signature=0`,
    ),
  pathText.map((query) => `/?Action=${query}&Version=2011-06-15`),
  fc.constantFrom('*', 'http://', 'http://x', 'http://x?y'),
);

test('random requests', async (t) => {
  // At the day of the credential scopes above, so that they get as far as they can.
  const { port, log } = await startEndpoint(t, { clock: new TestClock(Date.UTC(2026, 0, 1)) });
  const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH');
  await fc.assert(
    fc.asyncProperty(method, target, HEADERS, odd, async (verb, path, headers, body) => {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
      const head = [
        `${verb} ${path} HTTP/1.1`,
        'Host: x',
        'Connection: close',
        ...lines,
        `Content-Length: ${body.length}`,
      ];
      const answer = await exchange(port, Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`, 'latin1'));
      return refusesOrServes(answer) && answer !== '';
    }),
    { numRuns: 500 },
  );
  assert.deepEqual(log, []);
});

test('random input, rightly signed', async (t) => {
  const { port, url, clock, log } = await startEndpoint(t);
  const call = async (service: string, contentType: string, body: string) => {
    const headers = {
      host: `127.0.0.1:${port}`,
      'content-type': contentType,
      ...(service === 'sagemaker' ? { 'x-amz-target': 'SageMaker.DescribeTrainingJob' } : {}),
    };
    const signed = await new TestSigner({ service }).sign({ headers, body }, clock.now());
    const { host: _host, ...rest } = signed.headers as Record<string, string>;
    const { status } = await fetch(url, { method: 'POST', headers: rest, body });
    return status === 200 || (status >= 400 && status < 500);
  };
  const json = fc.oneof(
    fc.json(),
    fc.jsonValue().map((name) => JSON.stringify({ TrainingJobName: name })),
    fc.constant(`${'['.repeat(100_000)}${']'.repeat(100_000)}`),
    fc.constant('{"__proto__":{"TrainingJobName":"a"}}'),
  );
  await fc.assert(
    fc.asyncProperty(json, (body) => call('sagemaker', 'application/x-amz-json-1.1', body)),
    { numRuns: 150 },
  );
  const form = fc
    .array(fc.tuple(fc.constantFrom('RoleName', 'RoleName.member.1', 'Action', '__proto__', 'x'), odd))
    .map((fields) =>
      String(new URLSearchParams([['Action', 'GetRole'], ['Version', '2010-05-08'], ...fields])),
    );
  await fc.assert(
    fc.asyncProperty(form, (body) => call('iam', 'application/x-www-form-urlencoded', body)),
    { numRuns: 100 },
  );
  assert.deepEqual(log, []);
});
