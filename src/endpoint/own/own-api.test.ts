import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { validation } from '../../model/errors.ts';
import { MessageStream, type OwnCall, type OwnOperation } from '../../services/own-service.ts';
import { TestSigner, type TestSignerOptions } from '../signature/test-signer.ts';
import { startEndpoint } from '../test-endpoint.ts';

interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

async function setUp(t: TestContext, operations: Readonly<Record<string, OwnOperation>>) {
  const { url, port, clock, log } = await startEndpoint(t, { own: new Map(Object.entries(operations)) });
  const send = async (sent: Sent, signer: Partial<TestSignerOptions> | 'unsigned' = {}) => {
    const { method = 'GET', path, query = '', headers = {}, body } = sent;
    const all = { host: `127.0.0.1:${port}`, ...headers };
    const { host: _, ...signed } =
      signer === 'unsigned'
        ? all
        : (
            await new TestSigner({ service: 'trainyard', ...signer }).sign(
              { method, path, query, headers: all, ...(body === undefined ? {} : { body }) },
              clock.now(),
            )
          ).headers;
    return fetch(`${url}${path}${query && `?${query}`}`, {
      method,
      headers: signed as Record<string, string>,
      ...(body === undefined ? {} : { body }),
    });
  };
  const code = async (sent: Sent, signer?: Partial<TestSignerOptions> | 'unsigned') => {
    const response = await send(sent, signer);
    return `${response.status} ${((await response.json()) as { __type: string }).__type}`;
  };
  return { send, code, log };
}

const echo: OwnOperation = ({ body, query, lastEventId, context }) => ({
  body,
  query: [...query],
  lastEventId,
  caller: context.callerArn,
});

test('an operation of the own API is called with what the request says', async (t) => {
  const { send } = await setUp(t, { 'POST /_trainyard/echo': echo });
  const response = await send({
    method: 'POST',
    path: '/_trainyard/echo',
    query: 'job=a%20b',
    headers: { 'last-event-id': '7', 'content-type': 'application/json' },
    body: '{"a":1}',
  });
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), {
    body: { a: 1 },
    query: [['job', 'a b']],
    lastEventId: '7',
    caller: 'arn:aws:iam::123456789012:root',
  });
});

test('only the owner may use it, with a signature that covers the body', async (t) => {
  const { code, send } = await setUp(t, { 'POST /_trainyard/echo': echo });
  const sent = { method: 'POST', path: '/_trainyard/echo', body: '{}' };
  assert.equal(await code(sent, 'unsigned'), '400 MissingAuthenticationTokenException');
  assert.equal(await code(sent, { secretAccessKey: 'guessed' }), '400 InvalidSignatureException');
  assert.equal(await code(sent, { service: 'sagemaker' }), '400 InvalidSignatureException');
  assert.equal(
    await code(sent, { accessKeyId: 'ASIAJOB', sessionToken: 'token' }),
    '403 AccessDeniedException',
  );
  assert.equal((await send(sent)).status, 200);
});

test('what goes wrong is told as JSON services tell it', async (t) => {
  const { code, send, log } = await setUp(t, {
    'POST /_trainyard/refuse': () => {
      throw validation('no');
    },
    'POST /_trainyard/break': () => {
      throw new Error('broken');
    },
  });
  assert.equal(await code({ method: 'POST', path: '/_trainyard/refuse' }), '400 ValidationException');
  assert.equal(
    await code({ method: 'POST', path: '/_trainyard/refuse', body: '{' }),
    '400 SerializationException',
  );
  assert.equal(await code({ method: 'POST', path: '/_trainyard/break' }), '500 InternalFailure');
  assert.match(log.join(), /broken/);
  assert.equal((await send({ method: 'GET', path: '/_trainyard/refuse' })).status, 404);
});

test('a stream is sent as server-sent events, and ends with its client', async (t) => {
  const ended = Promise.withResolvers<void>();
  const endless = async function* ({ signal }: OwnCall) {
    try {
      yield { id: 4 };
      for (let id = 5; !signal.aborted; id++) {
        yield { id, data: `{"n":${id}}` };
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      ended.resolve();
    }
  };
  const { send } = await setUp(t, { 'GET /_trainyard/stream': (call) => new MessageStream(endless(call)) });
  const response = await send({ path: '/_trainyard/stream' });
  assert.equal(response.headers.get('content-type'), 'text/event-stream');
  let text = '';
  assert.ok(response.body);
  for await (const bytes of response.body) {
    text += Buffer.from(bytes).toString();
    if (text.includes('id: 6')) break;
  }
  assert.ok(text.startsWith('id: 4\n\nid: 5\ndata: {"n":5}\n\n'), text);
  await ended.promise;
});

test('a stream that ends by itself ends the answer', async (t) => {
  const three = async function* () {
    for (const id of [1, 2, 3]) yield { id, data: '{}' };
  };
  const { send } = await setUp(t, { 'GET /_trainyard/stream': () => new MessageStream(three()) });
  const text = await (await send({ path: '/_trainyard/stream' })).text();
  assert.equal(text, 'id: 1\ndata: {}\n\nid: 2\ndata: {}\n\nid: 3\ndata: {}\n\n');
});
