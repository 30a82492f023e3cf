import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, describe as group, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { service } from '../javascript/cases.ts';
import { CrashingServer } from './crashing-server.ts';
import { ended, logLines, newName } from './numbered-job.ts';

// An orderly exit, at which the server is ended too.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const MIB = 1024 * 1024;
const EPOCHS = 3;
const WITHIN_MS = 60_000;

/** Digests each epoch, with a rest in the middle in which servers may die. */
const READ =
  'cd /opt/ml/input/data; for n in 0 1 2; do until [ -p train_$n ]; do sleep .05; done; ' +
  '{ head -c 9000000; echo half $n >&2; sleep 2; cat; } < train_$n | md5sum; done';

group('a server that is killed while an epoch streams', () => {
  let server: CrashingServer;
  before(async () => {
    server = await CrashingServer.start();
  });
  after(() => server.remove());

  // The feeder has the plain objects itself; encrypted ones it asks the server for.
  for (const kind of ['plain', 'encrypted']) {
    const encryption = kind === 'encrypted' && ({ ServerSideEncryption: 'aws:kms' } as const);
    test(`is not an end to the reader: ${kind} objects come whole and once`, async () => {
      const bodies = Array.from({ length: 10 }, () => randomBytes(9 * MIB));
      for (const [at, Body] of bodies.entries()) {
        const Key = `${kind}/${at}`;
        await server.s3.send(
          new PutObjectCommand({ Bucket: service.bucket, Key, Body, ...(encryption || {}) }),
        );
      }
      const job = await createJob(server, `${kind}/`);
      for (let epoch = 0; epoch < 2; epoch++) {
        await lineAppears(server, job, `half ${epoch}`);
        await server.crash();
      }
      const { TrainingJobStatus, FailureReason } = await ended(server, job);
      assert.equal(TrainingJobStatus, 'Completed', `${FailureReason}`);
      const digest = createHash('md5').update(Buffer.concat(bodies)).digest('hex');
      const digests = (await logLines(server, job)).filter((line) => /^[0-9a-f]{32}/.test(line));
      assert.deepEqual(digests, Array(EPOCHS).fill(`${digest}  -`));
    });
  }
});

async function createJob({ sagemaker }: CrashingServer, prefix: string): Promise<string> {
  const name = newName();
  await sagemaker.send(
    new CreateTrainingJobCommand({
      TrainingJobName: name,
      RoleArn: service.role,
      AlgorithmSpecification: {
        TrainingImage: 'trainyard/host:latest',
        TrainingInputMode: 'Pipe',
        ContainerEntrypoint: ['/bin/sh', '-c', READ],
      },
      InputDataConfig: [
        {
          ChannelName: 'train',
          DataSource: {
            S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${service.bucket}/${prefix}` },
          },
        },
      ],
      OutputDataConfig: { S3OutputPath: `s3://${service.bucket}/models` },
      ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
      StoppingCondition: { MaxRuntimeInSeconds: 300 },
    }),
  );
  return name;
}

async function lineAppears(server: CrashingServer, job: string, line: string): Promise<void> {
  const deadline = Date.now() + WITHIN_MS;
  // Before its first line a job has no stream.
  while (!(await logLines(server, job).catch((): string[] => [])).includes(line)) {
    if (Date.now() > deadline) throw new Error(`${job} did not print '${line}'`);
    await delay(50);
  }
}
