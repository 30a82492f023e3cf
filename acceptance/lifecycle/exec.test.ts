import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe as group, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  CreateTrainingJobCommand,
  DescribeTrainingJobCommand,
  type SageMakerClient,
  StopTrainingJobCommand,
  UpdateTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { ServerProcess } from '../../examples/demo/server.ts';
import { sageMakerOf } from '../harness/sagemaker-client.ts';

const TRAINYARD = fileURLToPath(new URL('../../bin/trainyard.js', import.meta.url));
const WITHIN_MS = 60_000;

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly complaint: string;
}

/** A shell, a command or a pipe into a running job, as `trainyard exec` offers it. */
group('trainyard exec', () => {
  let dataDir: string;
  let server: ServerProcess;
  let sagemaker: SageMakerClient;

  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'trainyard-exec-'));
    server = await ServerProcess.start({ dataDir, settings: { stop: { graceSeconds: 5 } } });
    sagemaker = await sageMakerOf(server);
  });
  after(async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  /** A job that trains until it finds `/tmp/enough`. */
  async function training(name: string, EnableRemoteDebug?: boolean): Promise<void> {
    await sagemaker.send(
      new CreateTrainingJobCommand({
        TrainingJobName: name,
        RoleArn: 'arn:aws:iam::123456789012:role/trainyard',
        AlgorithmSpecification: {
          TrainingImage: 'trainyard/host:latest',
          TrainingInputMode: 'File',
          ContainerEntrypoint: ['/bin/sh', '-c', 'until [ -e /tmp/enough ]; do sleep 0.05; done'],
        },
        OutputDataConfig: { S3OutputPath: 's3://sagemaker-us-east-1-123456789012/exec' },
        ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
        StoppingCondition: { MaxRuntimeInSeconds: 120 },
        ...(EnableRemoteDebug !== undefined && { RemoteDebugConfig: { EnableRemoteDebug } }),
      }),
    );
    await reach(name, 'Training');
  }

  async function reach(name: string, status: string): Promise<void> {
    const deadline = Date.now() + WITHIN_MS;
    for (;;) {
      const { SecondaryStatus } = await sagemaker.send(
        new DescribeTrainingJobCommand({ TrainingJobName: name }),
      );
      if (SecondaryStatus === status) return;
      assert.ok(Date.now() < deadline, `${name} is still ${SecondaryStatus}`);
      await delay(20);
    }
  }

  const started = (...words: readonly string[]): ChildProcessWithoutNullStreams =>
    spawn(process.execPath, [TRAINYARD, 'exec', '--data-dir', dataDir, ...words]);

  async function exec(input: string, ...words: readonly string[]): Promise<Ended> {
    const child = started(...words);
    child.stdin.end(input);
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const [code, output, complaint] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
    return { code, output, complaint };
  }

  test('runs a command in the job, which sees and changes what the algorithm does', async () => {
    await training('debugged', true);
    const look = await exec(
      '',
      'debugged',
      '--',
      'sh',
      '-c',
      'hostname; echo $TRAINING_JOB_NAME; echo no >&2; exit 3',
    );
    assert.deepEqual(look, { code: 3, output: 'algo-1\ndebugged\n', complaint: 'no\n' });
    const bytes = 'x'.repeat(3_000_000);
    assert.equal((await exec(bytes, 'debugged', '--', 'wc', '-c')).output.trim(), String(bytes.length));
    await exec('', 'debugged', '--', 'touch', '/tmp/enough');
    await reach('debugged', 'Completed');
    const over = await exec('', 'debugged', '--', 'true');
    assert.deepEqual([over.code, over.output], [255, '']);
    assert.match(over.complaint, /ended/);
  });

  test('is only for jobs that allow it, which UpdateTrainingJob can change while they run', async () => {
    await training('private');
    const refused = await exec('', 'private', '--', 'true');
    assert.equal(refused.code, 255);
    assert.match(refused.complaint, /EnableRemoteDebug/);
    await sagemaker.send(
      new UpdateTrainingJobCommand({
        TrainingJobName: 'private',
        RemoteDebugConfig: { EnableRemoteDebug: true },
      }),
    );
    assert.deepEqual(await exec('', 'private', '--', 'true'), { code: 0, output: '', complaint: '' });
    assert.match((await exec('', 'private', '--host', 'algo-2', '--', 'true')).complaint, /no host algo-2/);
    await sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: 'private' }));
    await reach('private', 'Stopped');
  });

  test('a session ends with its job, and says so', async () => {
    await training('ending', true);
    const child = started('ending', '--', 'sh', '-c', 'echo here; sleep 1000');
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const complaint = text(child.stderr);
    const said = new Promise((resolve) => child.stdout.once('data', resolve));
    await Promise.race([
      said,
      ended.then(async (code) => assert.fail(`it ended with ${code}: ${await complaint}`)),
    ]);
    await sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: 'ending' }));
    assert.notEqual(await ended, 0);
    await reach('ending', 'Stopped');
  });
});
