import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { ACCOUNT, REGION, startEndpoint } from '../endpoint/test-endpoint.ts';
import { ServiceError } from '../model/errors.ts';
import { Refused, TrainingApi, Unreachable } from './training-api.ts';

const KEY = { region: REGION, accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };

test('answers are the operation’s own, and the account is the key’s', async (t) => {
  const { url } = await startEndpoint(t);
  const api = new TrainingApi(() => ({ url, ...KEY }));
  const job = await api.call('DescribeTrainingJob', { TrainingJobName: 'mine' });
  assert.equal(job.CreationTime, 1767323045.678);
  assert.equal(await api.account(), ACCOUNT);
});

test('a refusal has its code and message, also that of a wrong key', async (t) => {
  const StopTrainingJob = {
    input: 'StopTrainingJobRequest',
    run() {
      throw new ServiceError('ValidationException', 'it has ended');
    },
  } as const;
  const { url } = await startEndpoint(t, { operations: { StopTrainingJob } });
  const stop = (key: typeof KEY) =>
    new TrainingApi(() => ({ url, ...key })).call('StopTrainingJob', { TrainingJobName: 'mine' });
  await assert.rejects(stop(KEY), new Refused('ValidationException', 'it has ended'));
  const stranger = stop({ ...KEY, secretAccessKey: 'other' });
  await assert.rejects(stranger, (error) => error instanceof Refused && error.code !== 'UnknownError');
  // Its answer is XML.
  const account = new TrainingApi(() => ({ url, ...KEY, secretAccessKey: 'other' })).account();
  await assert.rejects(account, { code: 'SignatureDoesNotMatch' });
});

test('where nobody answers, the server is looked for again', async (t) => {
  const { url } = await startEndpoint(t);
  const places = [await freeUrl(), url];
  const api = new TrainingApi(() => ({ url: places.shift() ?? url, ...KEY }));
  await assert.rejects(api.account(), Unreachable);
  assert.equal(await api.account(), ACCOUNT);
});

/** An address that nobody listens on. */
async function freeUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}
