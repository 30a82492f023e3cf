import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { CrashingServer } from '../crash/crashing-server.ts';
import { trainingToolkit, Unavailable } from '../harness/python.ts';
import { service } from '../javascript/cases.ts';
import { missing } from './missing.ts';
import { makeSshImage } from './ssh-image.ts';
import { CODE_CHANNEL, completed, create } from './two-host-job.ts';

const IMAGE = 'registry/framework-training:1';

const toolkit = await installed();
const skip =
  (process.getuid?.() !== 0 && 'needs root') ||
  missing('openssh-server', () => execFileSync('/usr/sbin/sshd', ['-V'], { stdio: 'ignore' })) ||
  missing('openmpi-bin', () => execFileSync('mpirun', ['--version'], { stdio: 'ignore' })) ||
  ('why' in toolkit && toolkit.why);

const folder = mkdtempSync(join(tmpdir(), 'trainyard-toolkit-'));
let server: CrashingServer;

before(async () => {
  if (skip || 'why' in toolkit) return;
  const root = join(folder, 'image');
  const shown = [...makeSshImage(root), dirname(toolkit.bin)];
  const image = {
    ...{ root, binds: shown.map((path) => ({ path })) },
    environment: { PATH: `${toolkit.bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin` },
  };
  server = await CrashingServer.start({
    stop: { graceSeconds: 1 },
    executors: { process: { maxInstances: 4, images: { [IMAGE]: image } } },
  });
  const Body = readFileSync(new URL('toolkit_sum.py', import.meta.url));
  await server.s3.send(
    new PutObjectCommand({ Bucket: service.bucket, Key: 'clusters/toolkit_sum.py', Body }),
  );
});
after(async () => {
  await server?.remove();
  rmSync(folder, { recursive: true });
});

test("SageMaker's own training toolkit trains by MPI on two hosts", { skip }, async () => {
  const name = await create(server, 'toolkit', undefined, {
    AlgorithmSpecification: { TrainingImage: IMAGE, TrainingInputMode: 'File' },
    InputDataConfig: [CODE_CHANNEL],
    // As the SDK's estimators write them for distribution={"mpi": {"enabled": True, "processes_per_host": 2}}.
    HyperParameters: {
      sagemaker_program: '"toolkit_sum.py"',
      sagemaker_submit_directory: '"/opt/ml/input/data/code"',
      sagemaker_mpi_enabled: 'true',
      sagemaker_mpi_num_of_processes_per_host: '2',
      sagemaker_mpi_custom_mpi_options: '"--oversubscribe"',
      weight: '10',
    },
  });
  const lines = await completed(server, name);
  for (const rank of [0, 1, 2, 3])
    assert.ok(
      lines.some((line) => line.includes(`rank ${rank} of 4: 100`)),
      lines.join('\n'),
    );
  assert.ok(
    lines.some((line) => line.includes('Worker algo-2 available for communication')),
    lines.join('\n'),
  );
});

async function installed(): Promise<{ readonly bin: string } | { readonly why: string }> {
  try {
    return { bin: await trainingToolkit() };
  } catch (error) {
    if (!(error instanceof Unavailable) || process.env.CI === 'true') throw error;
    return { why: error.message };
  }
}
