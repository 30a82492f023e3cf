import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { credentialsRefusal } from './credentials-refusal.ts';
import { askForCredentials, NoCredentials } from './registry-credentials.ts';

const ARN = 'arn:aws:lambda:us-east-1:123456789012:function:registry';
const ANSWER = JSON.stringify({ Credentials: { Username: 'user', Password: 'secret' } });
const SECRET = { username: 'user', password: 'secret' };

const fails = (why: RegExp) => (error: unknown) => {
  assert.ok(error instanceof NoCredentials);
  assert.match(error.message, why);
  assert.ok(error.message.startsWith(`The credentials of ${ARN} can't be had: `), error.message);
  assert.doesNotMatch(error.message, /secret|\n/);
  return true;
};

const ask = (text: string) => askForCredentials({ [ARN]: { command: ['/bin/sh', '-c', text] } }, ARN);

describe('a command', () => {
  it('answers with the credentials', async () => {
    assert.deepEqual(await ask(`echo '${ANSWER}'`), SECRET);
  });
  it('that fails, says nothing or something else is named with its last line', async () => {
    await assert.rejects(
      ask('echo no; echo first >&2; echo last >&2; exit 3'),
      fails(/\/bin\/sh failed \(last\)/),
    );
    await assert.rejects(ask('exit 3'), fails(/exit code 3/));
    await assert.rejects(ask('true'), fails(/the answer is not/));
    await assert.rejects(ask(`echo '{"Username":"user","Password":"secret"}'`), fails(/the answer is not/));
    const missing = { [ARN]: { command: ['/nonexistent/program'] } };
    await assert.rejects(askForCredentials(missing, ARN), fails(/ENOENT/));
  });
  it('ends when nobody waits for it any more', async () => {
    const over = new AbortController();
    const asked = askForCredentials({ [ARN]: { command: ['/bin/sleep', '1000'] } }, ARN, over.signal);
    over.abort(new Error('stopped'));
    await assert.rejects(asked, /stopped/);
  });
});

describe('an address', () => {
  async function serve(t: TestContext, status: number, body: string) {
    const server = createServer((request, response) => {
      request
        .resume()
        .on('end', () => response.writeHead(request.method === 'POST' ? status : 405).end(body));
    });
    t.after(() => server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  it('answers with the credentials', async (t) => {
    const url = await serve(t, 200, ANSWER);
    assert.deepEqual(await askForCredentials({ [ARN]: { url } }, ARN), SECRET);
  });
  it('that refuses, or is not there, is named', async (t) => {
    const url = await serve(t, 403, ANSWER);
    await assert.rejects(askForCredentials({ [ARN]: { url } }, ARN), fails(/status 403/));
    const gone = { [ARN]: { url: 'http://127.0.0.1:1/' } };
    await assert.rejects(askForCredentials(gone, ARN), fails(/can't be reached/));
  });
});

it('an ARN that is not mapped has none', async () => {
  await assert.rejects(askForCredentials({}, ARN), fails(/not mapped under images.credentials/));
});

describe('a request', () => {
  const request = (mode: 'Platform' | 'Vpc', arn?: string) => ({
    TrainingJobName: 'job',
    RoleArn: 'role',
    OutputDataConfig: { S3OutputPath: 's3://bucket/' },
    AlgorithmSpecification: {
      TrainingInputMode: 'File' as const,
      TrainingImageConfig: {
        TrainingRepositoryAccessMode: mode,
        ...(arn !== undefined && {
          TrainingRepositoryAuthConfig: { TrainingRepositoryCredentialsProviderArn: arn },
        }),
      },
    },
  });
  const providers = { [ARN]: { command: ['x'] } };

  it('may name credentials that are mapped, or none', () => {
    assert.equal(credentialsRefusal(request('Vpc', ARN), providers), undefined);
    assert.equal(credentialsRefusal(request('Vpc'), {}), undefined);
    assert.equal(credentialsRefusal(request('Platform'), {}), undefined);
  });
  it('that names others is refused by the member’s name', () => {
    assert.match(
      credentialsRefusal(request('Vpc', ARN), {}) ?? '',
      /^AlgorithmSpecification\.TrainingImageConfig\.TrainingRepositoryAuthConfig\.TrainingRepositoryCredentialsProviderArn can't be honoured.*function:registry is not mapped.*images\.credentials\.$/,
    );
    assert.match(credentialsRefusal(request('Platform', ARN), providers) ?? '', /Vpc/);
  });
});
