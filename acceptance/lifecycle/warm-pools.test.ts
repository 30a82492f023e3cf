import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe as group, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateTrainingJobCommand,
  DeleteTrainingJobCommand,
  DescribeTrainingJobCommand,
  type DescribeTrainingJobCommandOutput,
  ListTrainingJobsCommand,
  type SageMakerClient,
  UpdateTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { ServerProcess } from '../../examples/demo/server.ts';
import { sageMakerOf } from '../harness/sagemaker-client.ts';
import { hasEnded, shellJob } from '../harness/shell-job.ts';
import { untilJob } from '../harness/until-job.ts';

const WITHIN_MS = 60_000;

/** Says how often a job ran on these instances before, by what the jobs left in the cache that they share. */
const COUNTING =
  'cd "$SAGEMAKER_MANAGED_WARMPOOL_CACHE_DIRECTORY" && echo x >> runs && echo "runs=$(wc -l < runs);"; ' +
  '[ ! -e /tmp/left ] && touch /tmp/left';

/** Instances that are kept for the next job (training contract §4.6), over a kill of the server. */
group('warm pools', () => {
  let dataDir: string;
  let server: ServerProcess;
  let sagemaker: SageMakerClient;

  async function start(): Promise<void> {
    server = await ServerProcess.start({ dataDir });
    sagemaker = await sageMakerOf(server);
  }

  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'trainyard-warm-'));
    await start();
  });
  after(async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  const describe = (TrainingJobName: string) =>
    sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }));

  const until = (name: string, holds: (job: DescribeTrainingJobCommandOutput) => boolean) =>
    untilJob(sagemaker, name, holds, WITHIN_MS);

  /** Runs a job to its end. Returns how many jobs ran on its instances. */
  async function run(name: string, KeepAlivePeriodInSeconds: number): Promise<number | undefined> {
    const request = shellJob(name, COUNTING, {
      metrics: { runs: 'runs=([0-9]+);' },
      ResourceConfig: {
        ...{ InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
        KeepAlivePeriodInSeconds,
      },
    });
    await sagemaker.send(new CreateTrainingJobCommand(request));
    const job = await until(name, hasEnded);
    assert.equal(job.TrainingJobStatus, 'Completed', job.FailureReason ?? '');
    return job.FinalMetricDataList?.[0]?.Value;
  }

  const statusIs = (status: string) => (job: DescribeTrainingJobCommandOutput) =>
    job.WarmPoolStatus?.Status === status;

  test('jobs follow each other on the same instance, with its cache and nothing else of each other', async () => {
    assert.equal(await run('one', 600), 1);
    await until('one', statusIs('Available'));
    await server.kill();
    await start();
    const { TrainingJobSummaries } = await sagemaker.send(
      new ListTrainingJobsCommand({ WarmPoolStatusEquals: 'Available' }),
    );
    assert.deepEqual(
      TrainingJobSummaries?.map((job) => job.TrainingJobName),
      ['one'],
    );
    await assert.rejects(sagemaker.send(new DeleteTrainingJobCommand({ TrainingJobName: 'one' })), {
      name: 'ResourceInUse',
    });
    assert.equal(await run('two', 600), 2);
    const { WarmPoolStatus } = await describe('one');
    assert.deepEqual([WarmPoolStatus?.Status, WarmPoolStatus?.ReusedByJob], ['Reused', 'two']);
    assert.ok((WarmPoolStatus?.ResourceRetainedBillableTimeInSeconds ?? -1) >= 0);
    await until('two', statusIs('Available'));
    await sagemaker.send(
      new UpdateTrainingJobCommand({
        TrainingJobName: 'two',
        ResourceConfig: { KeepAlivePeriodInSeconds: 0 },
      }),
    );
    await until('two', statusIs('Terminated'));
    assert.equal(await run('three', 600), 1, 'the cache went with the pool');
    await until('three', statusIs('Available'));
    await sagemaker.send(
      new UpdateTrainingJobCommand({
        TrainingJobName: 'three',
        ResourceConfig: { KeepAlivePeriodInSeconds: 0 },
      }),
    );
    await until('three', statusIs('Terminated'));
    const deadline = Date.now() + WITHIN_MS;
    while ((await readdir(join(dataDir, 'instances'))).length > 0) {
      assert.ok(Date.now() < deadline, 'something of the instances was left');
      await delay(20);
    }
  });
});
