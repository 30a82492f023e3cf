import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateTrainingJobCommand, type CreateTrainingJobCommandInput } from '@aws-sdk/client-sagemaker';
import { prefixOf } from '../../src/executors/process/network/network-names.ts';
import { CrashingServer } from '../crash/crashing-server.ts';
import { describe, type Job } from '../crash/numbered-job.ts';
import { service } from '../javascript/cases.ts';

const WITHIN_MS = 180_000;
const PYTHON = '/usr/bin/python3';

const CODE = '/opt/ml/input/data/code';
const GREET = [PYTHON, `${CODE}/greet.py`];
const MPI = [PYTHON, `${CODE}/mpi.py`];
const TORCHRUN = ['/bin/bash', `${CODE}/torchrun.sh`];

const CODE_CHANNEL = {
  ChannelName: 'code',
  DataSource: {
    S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${service.bucket}/clusters/` },
  },
} as const;

let server: CrashingServer;

before(async () => {
  server = await CrashingServer.start();
  for (const name of ['greet.py', 'mpi.py', 'mpi_sum.py', 'torchrun.sh', 'train.py']) {
    const Body = await readFile(new URL(name, import.meta.url));
    await server.s3.send(new PutObjectCommand({ Bucket: service.bucket, Key: `clusters/${name}`, Body }));
  }
});
after(() => server.remove());

const isolated = { EnableNetworkIsolation: true };
const noTorch = missing('python3-torch', () =>
  execFileSync(PYTHON, ['-c', 'import torch.distributed'], { stdio: 'ignore' }),
);
const noMpi = missing('openmpi-bin', () => execFileSync('mpirun', ['--version'], { stdio: 'ignore' }));
/** Isolated hosts need a network of their own, which takes root. */
const noNamespaces = process.getuid?.() !== 0 && 'needs root';

for (const [what, change] of [
  ['', {}],
  [' without a way out', isolated],
] as const) {
  test(`torchrun trains one model on two hosts with gloo${what}`, {
    skip: noTorch || (change === isolated && noNamespaces),
  }, async () => {
    const name = await create(`torchrun${change === isolated ? '-isolated' : ''}`, TORCHRUN, change);
    const lines = await completed(name);
    assert.equal(lines.filter((line) => line.endsWith('sum over 2 hosts: 3')).length, 2);
    const weights = lines.flatMap((line) => /weights of (algo-\d) (.*)$/.exec(line)?.slice(1) ?? []);
    assert.deepEqual([weights[0], weights[2]].sort(), ['algo-1', 'algo-2']);
    assert.equal(weights[1], weights[3]);
    const learned = String(weights[1]).split(' ').map(Number);
    for (const [index, wanted] of [2, -1, 0.5, 0].entries())
      assert.ok(Math.abs((learned[index] ?? 9) - wanted) < 0.01);
  });
}

test('mpirun sums over two hosts, and is told of no interface', { skip: noMpi || noNamespaces }, async () => {
  const lines = await completed(await create('mpi', MPI));
  for (const rank of ['rank 0 of 2 on algo-1: 3', 'rank 1 of 2 on algo-2: 3'])
    assert.ok(lines.includes(rank), lines.join('\n'));
});

test('hosts meet at the same port and find the service; nothing of their network is left', async () => {
  const name = await create('greet', GREET);
  const lines = await completed(name);
  for (const [own, other] of [
    ['algo-1', 'algo-2'],
    ['algo-2', 'algo-1'],
  ]) {
    assert.ok(
      lines.some((line) => line.startsWith(`${own} met ${other} through `)),
      lines.join('\n'),
    );
    assert.ok(lines.includes(`${own} was answered by the service`), lines.join('\n'));
  }
  await nothingLeft();
});

test('isolated hosts meet, and find nobody else', { skip: noNamespaces }, async () => {
  const lines = await completed(await create('alone', GREET, isolated));
  assert.equal(lines.filter((line) => / met algo-\d /.test(line)).length, 2);
  assert.equal(lines.filter((line) => line.endsWith('has no way to the service')).length, 2);
});

test('hosts go on together when the server is killed, and meet after it has come back', async () => {
  const name = await create('killed', [...GREET, '3']);
  await until(name, (job) => job.SecondaryStatus === 'Training');
  await server.crash();
  const lines = await completed(name);
  assert.equal(lines.filter((line) => / met algo-\d /.test(line)).length, 2);
  await nothingLeft();
});

/** Creates a job of two instances. Returns its name. */
async function create(
  name: string,
  command: readonly string[],
  change: Partial<CreateTrainingJobCommandInput> = {},
): Promise<string> {
  await server.sagemaker.send(
    new CreateTrainingJobCommand({
      TrainingJobName: name,
      RoleArn: service.role,
      AlgorithmSpecification: {
        TrainingImage: 'trainyard/host:latest',
        TrainingInputMode: 'File',
        ContainerEntrypoint: [...command],
      },
      InputDataConfig: [CODE_CHANNEL],
      OutputDataConfig: { S3OutputPath: `s3://${service.bucket}/clusters-output` },
      ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 2, VolumeSizeInGB: 1 },
      StoppingCondition: { MaxRuntimeInSeconds: 150 },
      ...change,
    }),
  );
  return name;
}

/** The lines of all hosts of a job that must complete. */
async function completed(name: string): Promise<string[]> {
  const job = await until(name, ({ TrainingJobStatus }) => TrainingJobStatus !== 'InProgress');
  const lines = await linesOf(name);
  assert.equal(job.TrainingJobStatus, 'Completed', `${job.FailureReason}\n${lines.join('\n')}`);
  return lines;
}

async function until(name: string, wanted: (job: Job) => boolean): Promise<Job> {
  for (const end = Date.now() + WITHIN_MS; Date.now() < end; await delay(50)) {
    const job = await describe(server, name);
    if (wanted(job)) return job;
  }
  throw new Error(`${name} is not as it should be within ${WITHIN_MS / 1000} s`);
}

/** What all hosts printed. */
async function linesOf(name: string): Promise<string[]> {
  const group = { logGroupName: '/aws/sagemaker/TrainingJobs', logStreamNamePrefix: `${name}/` };
  const lines: string[] = [];
  for await (const page of paginateFilterLogEvents({ client: server.logs }, group))
    lines.push(...(page.events ?? []).map(({ message = '' }) => message));
  return lines;
}

/** Resolves when no network namespace of the server's is left. */
async function nothingLeft(): Promise<void> {
  const prefix = prefixOf(server.dataDir);
  const left = () =>
    (existsSync('/run/netns') ? readdirSync('/run/netns') : []).filter((name) => name.startsWith(prefix));
  for (const end = Date.now() + WITHIN_MS; left().length > 0; await delay(50))
    assert.ok(Date.now() < end, `left: ${left().join(' ')}`);
}

/** Why tests can't run that need a package of Debian's. On a build server it must be there. */
function missing(what: string, use: () => void): string | false {
  try {
    use();
    return false;
  } catch {
    if (process.env.CI === 'true') throw new Error(`${what} is not installed`);
    return `${what} is not installed`;
  }
}
