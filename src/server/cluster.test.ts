import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateTrainingJobCommand,
  type CreateTrainingJobCommandInput,
  DeleteTrainingJobCommand,
  DescribeTrainingJobCommand,
  SageMakerClient,
  StopTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { settingsSchema } from '../config/settings.ts';
import { skip } from '../executors/process/sandbox-fixture.ts';
import { layoutOf, readAddress } from './data-folder.ts';
import { startServer } from './server.ts';

const BUCKET = 'sagemaker-us-east-1-123456789012';
const HOST =
  'host=$(grep -o \'"current_host":"[^"]*\' /opt/ml/input/config/resourceconfig.json | cut -d\\" -f4)';

/** A server of this process that runs jobs in real sandboxes, and clients of it. */
async function startService(t: TestContext) {
  const dataDir = mkdtempSync(join(tmpdir(), 'trainyard-cluster-'));
  const settings = settingsSchema.parse({
    ...{ dataDir, port: 0, stop: { graceSeconds: 1 } },
    executors: { process: { maxInstances: 2 } },
  });
  const begin = () => startServer(settings, () => {});
  let server = await begin();
  const created: string[] = [];
  const clientOptions = () => {
    const variables = readAddress(layoutOf(dataDir))?.variables ?? {};
    return {
      endpoint: server.url,
      region: settings.region,
      credentials: {
        accessKeyId: variables.AWS_ACCESS_KEY_ID ?? '',
        secretAccessKey: variables.AWS_SECRET_ACCESS_KEY ?? '',
      },
    };
  };
  const sagemaker = () => new SageMakerClient(clientOptions());
  const reached = async (name: string, status: string) => {
    for (;;) {
      const job = await sagemaker().send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
      const hasEnded = ['Completed', 'Failed', 'Stopped'].includes(job.TrainingJobStatus ?? '');
      if (hasEnded || job.SecondaryStatus === status) return job;
      await delay(20);
    }
  };
  t.after(async () => {
    // Whatever the test found: no sandbox is left. A job is deleted when its instances are clean.
    for (const TrainingJobName of created) {
      await sagemaker()
        .send(new StopTrainingJobCommand({ TrainingJobName }))
        .catch(() => {});
      await reached(TrainingJobName, 'an end');
      await sagemaker().send(new DeleteTrainingJobCommand({ TrainingJobName }));
    }
    await server.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return {
    reached,
    async restart() {
      await server.close();
      server = await begin();
    },
    async create(name: string, script: string, more: Partial<CreateTrainingJobCommandInput> = {}) {
      await sagemaker().send(
        new CreateTrainingJobCommand({
          TrainingJobName: name,
          RoleArn: 'arn:aws:iam::123456789012:role/trainyard',
          AlgorithmSpecification: {
            TrainingImage: 'trainyard/host:latest',
            TrainingInputMode: 'File',
            ContainerEntrypoint: ['/bin/bash', '-c', `${HOST}; ${script}`],
          },
          OutputDataConfig: { S3OutputPath: `s3://${BUCKET}/out`, CompressionType: 'NONE' },
          ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 2, VolumeSizeInGB: 0 },
          StoppingCondition: { MaxRuntimeInSeconds: 120 },
          ...more,
        }),
      );
      created.push(name);
    },
    async object(key: string): Promise<string> {
      const s3 = new S3Client({ ...clientOptions(), forcePathStyle: true });
      const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
      return body ? text(body as never) : '';
    },
  };
}

test('two sandboxes are the hosts of one job, also over a restart of the server', { skip }, async (t) => {
  const service = await startService(t);
  await service.create('pair', 'sleep 1; echo $host > /opt/ml/model/$host');
  await service.reached('pair', 'Training');
  await service.restart();
  const { TrainingJobStatus, FailureReason } = await service.reached('pair', 'an end');
  assert.equal(TrainingJobStatus, 'Completed', FailureReason ?? '');
  for (const host of ['algo-1', 'algo-2'])
    assert.equal(await service.object(`out/pair/output/model/${host}`), `${host}\n`);
});

test('the host that fails ends the other, and its reason is the job’s', { skip }, async (t) => {
  const service = await startService(t);
  const script = 'if [ $host = algo-2 ]; then echo no memory left >&2; exit 9; fi; sleep 100; exit 0';
  await service.create('broken', script);
  const { FailureReason } = await service.reached('broken', 'an end');
  assert.match(FailureReason ?? '', /^AlgorithmError: .*on algo-2 .*no memory left, exit code: 9$/s);
});

test('both instances are checked before a job, and named', { skip }, async (t) => {
  const service = await startService(t);
  await service.create('checked', 'exit 0', { InfraCheckConfig: { EnableInfraCheck: true } });
  const { TrainingJobStatus, FailureReason } = await service.reached('checked', 'an end');
  assert.equal(TrainingJobStatus, 'Completed', FailureReason ?? '');
});
