import assert from 'node:assert/strict';
import { after, before, describe as group, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { SageMakerServiceException, StopTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { CrashingServer, sandboxTest } from './crashing-server.ts';
import {
  assertWhole,
  create,
  describe,
  ended,
  logLines,
  newName,
  reached,
  statusOf,
  UNHURRIED,
  uploadInputs,
} from './numbered-job.ts';
import { algorithmOf, algorithmRunning, guardiansOf, killIfThere } from './processes.ts';

// An orderly exit, at which the server is ended too.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

/** When the server is killed: so many milliseconds after the job was seen in a status (after Create answered: `Starting`). */
const instants: readonly { readonly status: string; readonly delays: readonly number[] }[] = [
  { status: 'Starting', delays: [0, 5, 20, 60, 120] },
  { status: 'Downloading', delays: [0, 20, 80] },
  { status: 'Training', delays: [0, 30, 250, 600, 1000] },
  { status: 'Uploading', delays: [0, 40, 150, 400] },
  { status: 'Completed', delays: [0, 20] },
];

group('what was acknowledged survives kill -9', () => {
  let server: CrashingServer;
  before(async () => {
    server = await CrashingServer.start();
    await uploadInputs(server);
  });
  after(() => server.remove());

  for (const { status, delays } of instants) {
    for (const ms of delays) {
      test(`of the server, ${ms} ms after ${status}`, async (t) => {
        const job = await create(server);
        await reached(server, job, status);
        await delay(ms);
        await tellStatus(t, server, job);
        await server.crash();
        await assertWhole(server, job);
      });
    }
  }

  test('of the server, several times in the life of one job, also while it recovers', async () => {
    const job = await create(server);
    for (const ms of [50, 150, 300, 500]) {
      await server.kill();
      await server.crashInRecovery(ms);
      await server.start();
      await delay(ms);
    }
    await assertWhole(server, job);
  });

  test('of the server, while jobs are being created: an acknowledged one is there, another is whole or not at all', async () => {
    const names = Array.from({ length: 5 }, newName);
    const answers = names.map((name) => create(server, name));
    // As soon as one was acknowledged, with the others under way.
    await Promise.race(answers);
    await server.crash();
    for (const [i, answer] of (await Promise.allSettled(answers)).entries()) {
      const name = names[i] ?? '';
      if (answer.status === 'fulfilled' || (await exists(server, name))) await assertWhole(server, name);
    }
  });

  test('of the server, with a stop under way', async () => {
    const job = await create(server, newName(), UNHURRIED);
    await reached(server, job, 'Training');
    await server.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: job }));
    await server.crash();
    const { TrainingJobStatus, SecondaryStatus } = await ended(server, job);
    assert.deepEqual([TrainingJobStatus, SecondaryStatus], ['Stopped', 'Stopped']);
  });

  test('of the algorithm: the job fails and says so', async () => {
    const job = await create(server, newName(), UNHURRIED);
    await reached(server, job, 'Training');
    process.kill((await algorithmRunning(job)).pid, 'SIGKILL');
    const { TrainingJobStatus, FailureReason } = await ended(server, job);
    assert.equal(TrainingJobStatus, 'Failed');
    assert.match(FailureReason ?? '', /^AlgorithmError: .*algo-1.*SIGKILL.*, exit code: 137$/s);
  });

  for (const serverDies of [false, true]) {
    sandboxTest(
      `of the sandbox and its supervisor${serverDies ? ', while no server runs' : ''}: the job fails with a reason`,
      async () => {
        const job = await create(server, newName(), UNHURRIED);
        await reached(server, job, 'Training');
        const algorithm = await algorithmRunning(job);
        const guardians = await guardiansOf(algorithm, job, server.dataDir, server.pid);
        assert.notEqual(guardians.length, 0, 'no process of the sandbox was found');
        if (serverDies) await server.kill();
        // The outermost first: what it would have done about the others' end, it can't do any more.
        for (const { pid } of guardians.reverse()) killIfThere(pid);
        if (serverDies) await server.start();
        const { TrainingJobStatus, FailureReason } = await ended(server, job);
        assert.equal(TrainingJobStatus, 'Failed');
        assert.match(FailureReason ?? '', /algo-1/);
        assert.equal(await algorithmOf(job), undefined, 'the algorithm outlived its sandbox');
        const lines = await logLines(server, job);
        assert.deepEqual(lines, [...new Set(lines)], 'a line is doubled');
      },
    );
  }
});

/** The reader of a report sees in which status the kill really came. */
async function tellStatus(t: TestContext, server: CrashingServer, job: string): Promise<void> {
  t.diagnostic(`killed in ${statusOf(await describe(server, job))}`);
}

async function exists(server: CrashingServer, job: string): Promise<boolean> {
  try {
    await describe(server, job);
    return true;
  } catch (error) {
    if (error instanceof SageMakerServiceException && error.message === 'Requested resource not found.')
      return false;
    throw error;
  }
}
