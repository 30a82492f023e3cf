import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe as group, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateTrainingJobCommand,
  type CreateTrainingJobCommandInput,
  type DescribeTrainingJobCommandOutput,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { ServerProcess } from '../../examples/demo/server.ts';
import { algorithmOf, guardiansOf, killIfThere } from '../crash/processes.ts';
import { sageMakerOf } from '../harness/sagemaker-client.ts';
import { hasEnded, shellJob, statusesOf } from '../harness/shell-job.ts';
import { untilJob } from '../harness/until-job.ts';

const WITHIN_MS = 60_000;

/** Goes on for ever in its first attempt, and completes in its second. */
const first = 'first() { grep -q \'"jobRunNumber":1\' /opt/ml/input/config/init-config.json; }; ';
const TWO_ATTEMPTS = `${first} while first; do sleep 0.05; done; echo done > /opt/ml/model/done`;

/** The same, but it saves its state when it is asked to end, and can't do without it in its second attempt. */
const WITH_CHECKPOINT =
  `${first} trap 'echo saved > /opt/ml/checkpoints/state; exit 0' TERM; ` +
  'while first; do sleep 0.05; done; grep -q saved /opt/ml/checkpoints/state || exit 9';

/** On a machine that takes one instance at a time. */
group('the life of a job', () => {
  let dataDir: string;
  let server: ServerProcess;
  let sagemaker: SageMakerClient;

  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'trainyard-lifecycle-'));
    const settings = { executors: { process: { maxInstances: 1 } }, stop: { graceSeconds: 20 } };
    server = await ServerProcess.start({ dataDir, settings });
    sagemaker = await sageMakerOf(server);
  });
  after(async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  async function create(name: string, script: string, change: Partial<CreateTrainingJobCommandInput> = {}) {
    await sagemaker.send(new CreateTrainingJobCommand(shellJob(name, script, change)));
  }

  /** The job's description as soon as it is as wanted. */
  const until = (name: string, wanted: (job: DescribeTrainingJobCommandOutput) => boolean) =>
    untilJob(sagemaker, name, wanted, WITHIN_MS);

  /** Process ids, outermost first. The status says Training a moment before they are there. */
  async function supervisorAndAlgorithm(name: string): Promise<readonly number[]> {
    for (const end = Date.now() + WITHIN_MS; Date.now() < end; await delay(20)) {
      const algorithm = await algorithmOf(name);
      if (!algorithm) continue;
      const supervisors = await guardiansOf(algorithm, name, dataDir, server.pid);
      if (supervisors.length > 0) return [...supervisors.toReversed(), algorithm].map(({ pid }) => pid);
    }
    throw new Error(`the algorithm of ${name} is not there within ${WITHIN_MS / 1000} s`);
  }

  const inTraining = (job: DescribeTrainingJobCommandOutput) => job.SecondaryStatus === 'Training';

  test('a spot job makes room for one that is not, and goes on from its checkpoint (training contract §4.3)', async () => {
    await create('spot', WITH_CHECKPOINT, {
      EnableManagedSpotTraining: true,
      CheckpointConfig: { S3Uri: 's3://sagemaker-us-east-1-123456789012/lifecycle/checkpoints' },
      StoppingCondition: { MaxRuntimeInSeconds: 60, MaxWaitTimeInSeconds: 120 },
    });
    await until('spot', inTraining);
    await create('wanted', 'sleep 0.3');
    assert.equal((await until('wanted', hasEnded)).TrainingJobStatus, 'Completed');
    const spot = await until('spot', hasEnded);
    assert.equal(spot.TrainingJobStatus, 'Completed', spot.FailureReason ?? '');
    assert.deepEqual(statusesOf(spot), [
      ...['Starting', 'Downloading', 'Training', 'Interrupted', 'Starting', 'Pending'],
      ...['Downloading', 'Training', 'Uploading', 'Completed'],
    ]);
    assert.ok(spot.BillableTimeInSeconds !== undefined && spot.TrainingTimeInSeconds !== undefined);
  });

  test('a job whose sandbox is lost is tried again with a RetryStrategy (training contract §4.5)', async () => {
    await create('lost', TWO_ATTEMPTS, { RetryStrategy: { MaximumRetryAttempts: 1 } });
    await until('lost', inTraining);
    // The supervisor first: it must not live to tell of the algorithm's end.
    for (const pid of await supervisorAndAlgorithm('lost')) killIfThere(pid);
    // The job before it may still be giving back the only instance.
    const visited = (each: DescribeTrainingJobCommandOutput) =>
      statusesOf(each)?.filter((status) => status !== 'Pending') ?? [];
    const job = await until('lost', (each) => hasEnded(each) || visited(each).length > 3);
    assert.deepEqual(visited(job).slice(0, 4), ['Starting', 'Downloading', 'Training', 'Starting']);
    assert.equal((await until('lost', hasEnded)).TrainingJobStatus, 'Completed');
  });
});
