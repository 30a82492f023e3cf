import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { TestSigner } from './signature/test-signer.ts';
import { startEndpoint } from './test-endpoint.ts';
import type { Upgrade } from './upgrades.ts';

const PATH = '/_trainyard/sessions';

/** What a client that asks for an upgrade is answered, whole. */
async function asked(port: number, headers: Readonly<Record<string, string>>): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const lines = Object.entries({ connection: 'Upgrade', upgrade: 'echo', ...headers });
  socket.write(
    `GET ${PATH}?job=j HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
  );
  return text(socket);
}

const signed = async (now: number, key: object = {}) => {
  const signer = new TestSigner({ service: 'trainyard', ...key });
  const request = await signer.sign({ method: 'GET', path: PATH, query: 'job=j', body: '' }, now);
  return Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
};

test('only the owner may change the protocol of a connection', async (t) => {
  const taken: Upgrade[] = [];
  const { port, clock } = await startEndpoint(t, {
    upgrades: (upgrade) => {
      taken.push(upgrade);
      upgrade.socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\nhello');
    },
  });
  const host = 'trainyard:8080';
  assert.match(await asked(port, { host }), /^HTTP\/1\.1 400 .*MissingAuthenticationTokenException/s);
  const forged = await signed(clock.now(), { secretAccessKey: 'guessed' });
  assert.match(await asked(port, forged), /^HTTP\/1\.1 400 .*InvalidSignatureException/s);
  const ofJob = await signed(clock.now(), { accessKeyId: 'ASIAJOB', sessionToken: 'token' });
  assert.match(await asked(port, ofJob), /^HTTP\/1\.1 403 .*AccessDeniedException/s);
  assert.equal(taken.length, 0);
  assert.match(await asked(port, await signed(clock.now())), /^HTTP\/1\.1 101 .*hello$/s);
  assert.deepEqual([taken[0]?.path, taken[0]?.parameters.get('job')], [PATH, 'j']);
});

test('without anybody to take it, a connection stays what it is', async (t) => {
  const { port, clock } = await startEndpoint(t);
  assert.match(await asked(port, await signed(clock.now())), /^HTTP\/1\.1 404 .*UnknownOperationException/s);
});
