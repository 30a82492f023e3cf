import assert from 'node:assert/strict';
import { after, before, describe as group, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { StopTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { CrashingServer, sandboxTest } from './crashing-server.ts';
import {
  assertClusterWhole,
  assertMergedModel,
  create,
  describe,
  ended,
  newName,
  reached,
  statusOf,
  UNHURRIED,
  uploadInputs,
} from './numbered-job.ts';
import { algorithmOf, algorithmRunning, guardiansOf, killIfThere } from './processes.ts';

// An orderly exit, at which the server is ended too.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const instants: readonly { readonly status: string; readonly delays: readonly number[] }[] = [
  { status: 'Starting', delays: [0, 20, 120] },
  { status: 'Downloading', delays: [0, 80] },
  { status: 'Training', delays: [0, 30, 600, 1100] },
  { status: 'Uploading', delays: [0, 60, 300] },
  { status: 'Completed', delays: [0] },
];

const HOSTS = { hosts: 2 };

group('what was acknowledged of a job of two hosts survives kill -9', () => {
  let server: CrashingServer;
  before(async () => {
    server = await CrashingServer.start();
    await uploadInputs(server);
  });
  after(() => server.remove());

  for (const { status, delays } of instants) {
    for (const ms of delays) {
      test(`of the server, ${ms} ms after ${status}`, async (t) => {
        const job = await create(server, newName(), HOSTS);
        await reached(server, job, status);
        await delay(ms);
        t.diagnostic(`killed in ${statusOf(await describe(server, job))}`);
        await server.crash();
        await assertClusterWhole(server, job);
      });
    }
  }

  test('of the server, with a stop under way', async () => {
    const job = await create(server, newName(), { ...HOSTS, ...UNHURRIED });
    await reached(server, job, 'Training');
    await server.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: job }));
    await server.crash();
    assert.equal((await ended(server, job)).SecondaryStatus, 'Stopped');
    assert.equal(await algorithmOf(job), undefined);
  });

  for (const serverDies of [false, true]) {
    const when = serverDies ? ', and of the server' : '';

    test(`of the algorithm of one host${when}: the job fails, names the host, and the other is ended`, async () => {
      const job = await create(server, newName(), { ...HOSTS, ...UNHURRIED });
      await reached(server, job, 'Training');
      process.kill((await algorithmRunning(job)).pid, 'SIGKILL');
      if (serverDies) await server.crash();
      const { TrainingJobStatus, FailureReason } = await ended(server, job);
      assert.equal(TrainingJobStatus, 'Failed');
      assert.match(FailureReason ?? '', /^AlgorithmError: .*algo-[12].*SIGKILL.*, exit code: 137$/s);
      assert.equal(await algorithmOf(job), undefined, 'the other host runs on');
    });

    sandboxTest(
      `of the sandbox and the supervisor of one host${when}: the job fails with a reason`,
      async () => {
        const job = await create(server, newName(), { ...HOSTS, ...UNHURRIED });
        await killOneHost(job, serverDies);
        const { TrainingJobStatus, FailureReason } = await ended(server, job);
        assert.equal(TrainingJobStatus, 'Failed');
        assert.match(FailureReason ?? '', /algo-[12]/);
        assert.equal(await algorithmOf(job), undefined, 'a host runs on');
      },
    );
  }

  sandboxTest(
    'of the sandbox and the supervisor of one host: with a RetryStrategy all of the job is tried again',
    async () => {
      const job = await create(server, newName(), { ...HOSTS, ...UNHURRIED, retries: 1 });
      await killOneHost(job, false);
      const { TrainingJobStatus, FailureReason, SecondaryStatusTransitions = [] } = await ended(server, job);
      assert.equal(TrainingJobStatus, 'Completed', FailureReason ?? '');
      assert.equal(SecondaryStatusTransitions.filter(({ Status }) => Status === 'Starting').length, 2);
      await assertMergedModel(server, job);
    },
  );

  async function killOneHost(job: string, serverDies: boolean): Promise<void> {
    await reached(server, job, 'Training');
    // Of this one: a second look may find another host's, which has come no further than its launch.
    const algorithm = await algorithmRunning(job);
    const guardians = await guardiansOf(algorithm, job, server.dataDir, server.pid);
    assert.notEqual(guardians.length, 0, 'no process of the sandbox was found');
    if (serverDies) await server.kill();
    // The outermost first: what it would have done about the others' end, it can't do any more.
    for (const { pid } of guardians.toReversed()) killIfThere(pid);
    if (serverDies) await server.start();
  }
});
