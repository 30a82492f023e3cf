import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { after, before, describe as group, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import {
  DescribeLogStreamsCommand,
  GetLogEventsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import {
  CreateTrainingJobCommand,
  StopTrainingJobCommand,
  UpdateTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { request, service } from '../javascript/cases.ts';
import { CrashingServer } from './crashing-server.ts';
import { describe, ended, newName } from './numbered-job.ts';

// An orderly exit, at which the server is ended too.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const WITHIN_MS = 60_000;
const PROFILE = `s3://${service.bucket}/profile`;
const HOSTS = ['algo-1', 'algo-2'];

group('an acknowledged change of a profiler survives kill -9 of the server', () => {
  let server: CrashingServer;
  before(async () => {
    server = await CrashingServer.start();
  });
  after(() => server.remove());

  test('at once, after several in a row, and both hosts go by it', async () => {
    const job = newName();
    const change = { set: { 'ResourceConfig.InstanceCount': 2 } };
    await server.sagemaker.send(new CreateTrainingJobCommand(request('profiled', { job, data: '' }, change)));
    await onBoth(job, 'waiting');
    const update = (ProfilerConfig: object) =>
      server.sagemaker.send(new UpdateTrainingJobCommand({ TrainingJobName: job, ProfilerConfig }));
    await update({ S3OutputPath: PROFILE });
    await server.crash();
    await onBoth(job, '"ProfilingIntervalInMilliseconds":500');
    for (const interval of [1000, 200, 100]) await update({ ProfilingIntervalInMilliseconds: interval });
    await server.crash();
    await onBoth(job, '"ProfilingIntervalInMilliseconds":100,');
    await until(async () => (await samplesBegun(server.dataDir)) === HOSTS.length);
    await update({ DisableProfiler: true });
    await server.crash();
    await onBoth(job, '{"DisableProfiler":true}');
    const { ProfilerConfig, ProfilingStatus, SecondaryStatus } = await describe(server, job);
    assert.deepEqual([ProfilingStatus, SecondaryStatus], ['Disabled', 'Training']);
    assert.deepEqual(ProfilerConfig, {
      S3OutputPath: PROFILE,
      ProfilingIntervalInMilliseconds: 100,
      DisableProfiler: true,
    });
    await server.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: job }));
    await ended(server, job);
    for (const host of HOSTS) assert.ok((await minutes(job, host)) > 0, `${host} was sampled`);
    assert.ok((await profile(job)).includes('system/training_job_end.ts'));
  });

  async function lines(job: string, host: string): Promise<string[]> {
    const logGroupName = '/aws/sagemaker/TrainingJobs';
    try {
      const { logStreams = [] } = await server.logs.send(
        new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: `${job}/${host}` }),
      );
      const logStreamName = logStreams[0]?.logStreamName;
      if (logStreamName === undefined) return [];
      const { events = [] } = await server.logs.send(
        new GetLogEventsCommand({ logGroupName, logStreamName, startFromHead: true }),
      );
      return events.map(({ message = '' }) => message);
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return [];
      throw error;
    }
  }

  /** Waits until the last line of both hosts has a text. */
  const onBoth = (job: string, text: string) =>
    until(async () => {
      const last = await Promise.all(HOSTS.map(async (host) => (await lines(job, host)).at(-1) ?? ''));
      return last.every((line) => line.includes(text));
    });

  async function profile(job: string): Promise<string[]> {
    const Prefix = `profile/${job}/profiler-output/`;
    const { Contents = [] } = await server.s3.send(
      new ListObjectsV2Command({ Bucket: service.bucket, Prefix }),
    );
    return Contents.map(({ Key = '' }) => Key.slice(Prefix.length));
  }

  /** How many files of samples of a host there are. */
  const minutes = async (job: string, host: string) =>
    (await profile(job)).filter((key) => key.endsWith(`.${host}.json`)).length;
});

/** How many hosts have a file of samples that is being written: it goes to S3 when its minute is over, or the profiler is off. */
async function samplesBegun(dataDir: string): Promise<number> {
  const names = await readdir(dataDir, { recursive: true });
  return names.filter((name) => name.endsWith('/current.json.sagemaker-ignore')).length;
}

async function until(fact: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + WITHIN_MS;
  while (!(await fact())) {
    assert.ok(Date.now() < deadline, `it took too long: ${fact}`);
    await delay(50);
  }
}
