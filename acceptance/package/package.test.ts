import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe as group, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  CreateTrainingJobCommand,
  SageMakerClient,
  waitUntilTrainingJobCompletedOrStopped,
} from '@aws-sdk/client-sagemaker';
import { gone } from '../terminal/npx.ts';

const run = promisify(execFile);
const checkout = fileURLToPath(new URL('../..', import.meta.url));

/** As a user has it: without the Node.js that stands first on the PATH of this checkout's scripts. */
const environment = {
  ...process.env,
  PATH: (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .join(delimiter),
};

group('the tarball of npm pack, installed in an empty folder', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trainyard-package-'));
    await run('npm', ['pack', '--pack-destination', folder], { cwd: checkout, env: environment });
    const [tarball = ''] = await readdir(folder);
    await run('npm', ['init', '--yes'], { cwd: folder, env: environment });
    await run('npm', ['install', '--no-audit', '--no-fund', join(folder, tarball)], {
      cwd: folder,
      env: environment,
    });
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const npx = (...args: string[]) => ['--no-install', 'trainyard', ...args];

  test('has what runs and nothing that only we need', async () => {
    const installed = join(folder, 'node_modules', 'trainyard');
    assert.ok(existsSync(join(installed, 'dist', 'cli', 'main.js')));
    const files = await readdir(installed, { recursive: true });
    assert.deepEqual(
      files.filter((file) => /\.test\.|fixture|\.ts$/.test(file) && !file.startsWith('examples')),
      [],
    );
  });

  test('serves, and runs a job', async () => {
    const dataDir = join(folder, 'data');
    const server = spawn('npx', npx('serve', '--port', '0', '--data-dir', dataDir), {
      cwd: folder,
      env: environment,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(server, 'exit');
    try {
      const url = await readyUrl(server.stdout);
      const { stdout } = await run('npx', npx('env', '--json', '--data-dir', dataDir), {
        cwd: folder,
        env: environment,
      });
      const variables = JSON.parse(stdout);
      assert.equal(variables.AWS_ENDPOINT_URL, url);
      const client = new SageMakerClient({
        endpoint: url,
        region: variables.AWS_REGION,
        credentials: {
          accessKeyId: variables.AWS_ACCESS_KEY_ID,
          secretAccessKey: variables.AWS_SECRET_ACCESS_KEY,
        },
      });
      await client.send(
        new CreateTrainingJobCommand({
          TrainingJobName: 'packaged',
          RoleArn: 'arn:aws:iam::123456789012:role/trainyard',
          AlgorithmSpecification: {
            TrainingImage: 'trainyard/host:latest',
            TrainingInputMode: 'File',
            ContainerEntrypoint: ['/bin/sh', '-c', 'echo loss=0.5'],
            MetricDefinitions: [{ Name: 'loss', Regex: 'loss=([0-9.]+)' }],
          },
          OutputDataConfig: { S3OutputPath: 's3://sagemaker-us-east-1-123456789012/out' },
          ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
          StoppingCondition: { MaxRuntimeInSeconds: 60 },
        }),
      );
      await waitUntilTrainingJobCompletedOrStopped(
        { client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 },
        { TrainingJobName: 'packaged' },
      );
    } finally {
      // npx alone, as `npx trainyard serve & kill $!` does: the server ends by itself.
      server.kill('SIGTERM');
      await exited;
      const { pid } = JSON.parse(await readFile(join(dataDir, 'server.json'), 'utf8'));
      await gone(pid);
    }
  });

  test('says what it can do', async () => {
    const { stdout } = await run('npx', npx('--help'), { cwd: folder, env: environment });
    for (const command of ['serve', 'env']) assert.ok(stdout.includes(`  ${command} `), stdout);
  });
});

async function readyUrl(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const url = /^trainyard ready on (\S+)/.exec(line)?.[1];
    if (url) return url;
  }
  throw new Error('the server ended before it was ready');
}
