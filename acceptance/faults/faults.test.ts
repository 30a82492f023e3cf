import assert from 'node:assert/strict';
import { after, before, describe as group, test } from 'node:test';
import { hasEnded, statusesBesidePending, statusesOf } from '../harness/shell-job.ts';
import { FIRST, Place } from './place.ts';

/** Saves its state when it is asked to end, and can't do without it in its second attempt. */
const WITH_CHECKPOINT =
  `${FIRST} trap 'echo saved > /opt/ml/checkpoints/state; exit 0' TERM; ` +
  'while first; do sleep 0.05; done; grep -q saved /opt/ml/checkpoints/state || exit 9';
const TWO_ATTEMPTS = `${FIRST} while first; do sleep 0.05; done; echo done > /opt/ml/model/done`;

const SPOT = {
  EnableManagedSpotTraining: true,
  CheckpointConfig: { S3Uri: 's3://sagemaker-us-east-1-123456789012/faults/checkpoints' },
  StoppingCondition: { MaxRuntimeInSeconds: 3600, MaxWaitTimeInSeconds: 7200 },
};

group('faults on demand, on real processes', () => {
  let place: Place;
  before(async () => {
    place = await Place.open({ executors: { process: { maxInstances: 2 } }, stop: { graceSeconds: 20 } });
  });
  after(() => place.close());

  async function inject(...words: string[]): Promise<{ id: number }> {
    const told = await place.trainyard('fault', ...words, '--json');
    assert.equal(told.code, 0, told.stderr);
    return JSON.parse(told.stdout);
  }

  test('a spot job is interrupted, saves its state, and goes on from its checkpoint', async () => {
    await inject('interrupted', 'interrupt');
    await place.create('interrupted', WITH_CHECKPOINT, SPOT);
    const job = await place.until('interrupted', hasEnded);
    assert.equal(job.TrainingJobStatus, 'Completed', job.FailureReason ?? '');
    assert.deepEqual(statusesOf(job), [
      ...['Starting', 'Downloading', 'Training', 'Interrupted', 'Starting'],
      ...['Downloading', 'Training', 'Uploading', 'Completed'],
    ]);
  });

  test('a job that is not spot is not interrupted, and the refusal says why', async () => {
    await place.create('on-demand', 'sleep 600');
    await place.until('on-demand', ({ SecondaryStatus }) => SecondaryStatus === 'Training');
    const told = await place.trainyard('fault', 'on-demand', 'interrupt');
    assert.equal(told.code, 1);
    assert.match(told.stderr, /Only a job with EnableManagedSpotTraining can be interrupted/);
    assert.equal((await place.describe('on-demand')).SecondaryStatus, 'Training');
    await inject('on-demand', 'lose-host');
    await place.until('on-demand', hasEnded);
    const late = await place.trainyard('fault', 'on-demand', 'lose-host');
    assert.equal(late.code, 1);
    assert.match(late.stderr, /has ended/);
  });

  test('a lost host is a failed attempt: tried again with a RetryStrategy, else the end of the job', async () => {
    await inject('retried', 'lose-host');
    await place.create('retried', TWO_ATTEMPTS, { RetryStrategy: { MaximumRetryAttempts: 1 } });
    const retried = await place.until('retried', hasEnded);
    assert.equal(retried.TrainingJobStatus, 'Completed', retried.FailureReason ?? '');
    assert.deepEqual(statusesBesidePending(retried)?.slice(0, 4), [
      'Starting',
      'Downloading',
      'Training',
      'Starting',
    ]);

    await place.create('lost', 'sleep 600');
    await place.until('lost', ({ SecondaryStatus }) => SecondaryStatus === 'Training');
    await inject('lost', 'lose-host');
    const lost = await place.until('lost', hasEnded);
    assert.match(
      lost.FailureReason ?? '',
      /^InternalServerError: The algorithm on algo-1 vanished in Training/,
    );
  });

  test('of two hosts one is lost, and the job is tried again on both', async () => {
    await inject('pair', 'lose-host', '--host', 'algo-2');
    await place.create('pair', `trap 'exit 0' TERM; ${TWO_ATTEMPTS}`, {
      ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 2, VolumeSizeInGB: 1 },
      RetryStrategy: { MaximumRetryAttempts: 1 },
    });
    const job = await place.until('pair', hasEnded);
    assert.equal(job.TrainingJobStatus, 'Completed', job.FailureReason ?? '');
    assert.deepEqual(statusesBesidePending(job)?.slice(0, 4), [
      'Starting',
      'Downloading',
      'Training',
      'Starting',
    ]);
    const told = await place.trainyard('watch', '--json', '--job', 'pair', '--until-end');
    const strikes = told.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ source }) => source === 'trainyard');
    assert.deepEqual(
      strikes.map(({ detail }) => detail.Fault.host),
      ['algo-2'],
    );
  });

  test('a fault that a crash of the server comes between is not lost', async () => {
    await inject('crashed', 'lose-host', '--after', '1s');
    await place.create('crashed', TWO_ATTEMPTS, { RetryStrategy: { MaximumRetryAttempts: 1 } });
    await place.until('crashed', ({ SecondaryStatus }) => SecondaryStatus === 'Training');
    await place.crash();
    await place.restart();
    const job = await place.until('crashed', hasEnded);
    assert.equal(job.TrainingJobStatus, 'Completed', job.FailureReason ?? '');
    assert.deepEqual(statusesBesidePending(job)?.slice(0, 4), [
      'Starting',
      'Downloading',
      'Training',
      'Starting',
    ]);
  });

  test('without capacity a job is Pending until the fault is cleared, and others go on', async () => {
    const { id } = await inject('unlucky', 'no-capacity');
    await place.create('unlucky', 'true');
    await place.until('unlucky', ({ SecondaryStatus }) => SecondaryStatus === 'Pending');
    await place.create('lucky', 'true');
    assert.equal((await place.until('lucky', hasEnded)).TrainingJobStatus, 'Completed');
    assert.equal((await place.describe('unlucky')).SecondaryStatus, 'Pending');
    assert.equal((await place.trainyard('faults', 'clear', String(id))).code, 0);
    const job = await place.until('unlucky', hasEnded);
    assert.deepEqual(statusesOf(job)?.slice(0, 3), ['Starting', 'Pending', 'Downloading']);
    assert.equal(job.TrainingJobStatus, 'Completed');
  });

  test('a channel comes in as slowly as it is asked to', async () => {
    const uri = await place.put('slow/data', 'x'.repeat(100_000));
    const { id } = await inject('slow', 'slow-download', '--rate', '100');
    await place.create('slow', 'test "$(wc -c < /opt/ml/input/data/train/data)" = 100000', {
      InputDataConfig: [
        {
          ChannelName: 'train',
          DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: uri.replace(/data$/, '') } },
        },
      ],
    });
    await place.until('slow', ({ SecondaryStatus }) => SecondaryStatus === 'Downloading');
    // It would take a quarter of an hour: whatever the machine, it is not done.
    assert.equal((await place.describe('slow')).SecondaryStatus, 'Downloading');
    assert.equal((await place.trainyard('faults', 'clear', String(id))).code, 0);
    const job = await place.until('slow', hasEnded);
    assert.equal(job.TrainingJobStatus, 'Completed', job.FailureReason ?? '');
  });

  test('where nothing takes the upload the job fails and says so', async () => {
    await inject('unstored', 'fail-upload');
    await place.create('unstored', 'echo model > /opt/ml/model/model');
    const job = await place.until('unstored', hasEnded);
    assert.equal(job.TrainingJobStatus, 'Failed');
    assert.match(job.FailureReason ?? '', /^InternalServerError: .*fault on demand/);
  });

  test('a failed check of the instance is tried again', async () => {
    await inject('unchecked', 'fail-infra-check');
    // In its first attempt it would fail.
    await place.create('unchecked', `${FIRST} ! first`, {
      InfraCheckConfig: { EnableInfraCheck: true },
      RetryStrategy: { MaximumRetryAttempts: 1 },
    });
    const job = await place.until('unchecked', hasEnded);
    assert.equal(job.TrainingJobStatus, 'Completed', job.FailureReason ?? '');

    await inject('unfit', 'fail-infra-check');
    await place.create('unfit', 'true', { InfraCheckConfig: { EnableInfraCheck: true } });
    const unfit = await place.until('unfit', hasEnded);
    assert.match(unfit.FailureReason ?? '', /^InternalServerError: .*check.* asked to fail/);
  });

  test('what struck whom is shown', async () => {
    const told = await place.trainyard('faults', '--json');
    const { faults } = JSON.parse(told.stdout) as {
      faults: { fault: object; outcome: string; strikes: object[] }[];
    };
    const struck = faults.find(({ fault }) => 'job' in fault && fault.job === 'retried');
    assert.equal(struck?.outcome, 'it struck');
    assert.equal(struck?.strikes.length, 1);
  });
});
