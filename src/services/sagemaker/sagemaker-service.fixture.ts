import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { TestClock } from '../../clock/test-clock.ts';
import {
  type Script,
  ScriptedDriver,
  type ScriptedMachine,
} from '../../executors/scripted/scripted-driver.ts';
import { ServiceError } from '../../model/errors.ts';
import type { ShapeName } from '../../model/shapes.ts';
import type { CreateTrainingJobRequest, DescribeTrainingJobResponse } from '../../model/types.generated.ts';
import { parse } from '../../model/validator.ts';
import type { ObjectStorage, ObjectSummary } from '../../objects/object-storage.ts';
import type { CapacitySettings } from '../../orchestrator/capacity/limits.ts';
import { Orchestrator } from '../../orchestrator/orchestrator.ts';
import { Database } from '../../store/database.ts';
import { type Permissions, UNLIMITED } from '../access/permissions.ts';
import { JsonText } from '../service.ts';
import { createSageMakerService } from './sagemaker.ts';

export const ROLE = 'arn:aws:iam::123456789012:role/trainyard';
/** The smallest request that runs. */
export const request = {
  TrainingJobName: 'My-Job',
  RoleArn: ROLE,
  AlgorithmSpecification: { TrainingImage: 'image', TrainingInputMode: 'File' },
  OutputDataConfig: { S3OutputPath: 's3://bucket/out' },
  ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
  StoppingCondition: { MaxRuntimeInSeconds: 60 },
} as const satisfies CreateTrainingJobRequest;

/** A storage of one bucket with one object, `data/a`. */
const storage: ObjectStorage = {
  bucketExists: async (bucket) => bucket === 'bucket',
  find: async ({ bucket, key }) =>
    bucket === 'bucket' && key === 'data/a'
      ? { key, size: 1, etag: '"e"', lastModified: new Date(0) }
      : undefined,
  async *list(bucket, prefix): AsyncIterable<ObjectSummary> {
    if (bucket === 'bucket' && 'data/a'.startsWith(prefix)) {
      yield { key: 'data/a', size: 1, etag: '"e"', lastModified: new Date(0) };
    }
  },
  download: () => Promise.reject(new Error('not used here')),
  downloadRange: () => Promise.reject(new Error('not used here')),
  upload: () => Promise.reject(new Error('not used here')),
  delete: () => Promise.reject(new Error('not used here')),
};

/** The service on a scripted machine; each call is validated as the endpoint does. */
export function startService(
  context: TestContext,
  script: Script = {},
  kmsKeys?: readonly string[],
  {
    instances = 1,
    settings,
    permissions = UNLIMITED,
  }: { instances?: number; settings?: CapacitySettings; permissions?: Permissions } = {},
) {
  const clock = new TestClock(Date.UTC(2026, 0, 1));
  const database = new Database(':memory:');
  const machine: ScriptedMachine = {
    clock,
    resources: { instances, gpus: [] },
    script: () => script,
    algorithms: new Map(),
    checked: new Map(),
    profiled: new Map(),
    gathered: new Map(),
    flushed: [],
    released: [],
  };
  const driver = new ScriptedDriver(machine);
  const region = 'us-east-1';
  const account = '123456789012';
  const orchestrator = new Orchestrator(
    { database, driver, clock, account, region, stopGrace: 1000, log: assert.fail },
    settings,
  );
  context.after(() => {
    orchestrator.close();
    database.close();
  });
  const service = createSageMakerService({
    ...{ account, region, clock, database, storage, orchestrator, driver },
    permissionsOfRole: (arn) => (arn === ROLE ? permissions : undefined),
    kmsKeyExists: (keyId) => kmsKeys?.includes(keyId),
    finalMetrics: () => [],
  });
  return {
    clock,
    async call<Output = unknown>(name: string, input: unknown): Promise<Output> {
      const operation = service.operations.get(name);
      assert.ok(operation);
      const checked = parse(operation.input as ShapeName, input);
      const output = await operation.run(checked as never, {
        ...{ requestId: 'r', accessKeyId: 'k', callerArn: 'c', account, region },
      });
      return (output instanceof JsonText ? JSON.parse(output.text) : output) as Output;
    },
    async describe(name: string = request.TrainingJobName): Promise<DescribeTrainingJobResponse> {
      const described = await this.call<DescribeTrainingJobResponse>('DescribeTrainingJob', {
        TrainingJobName: name,
      });
      return described;
    },
  };
}

/** For `assert.rejects`: whether it is that error of the service. */
export const isError = (code: string, message: string | RegExp) => (error: unknown) => {
  assert.ok(error instanceof ServiceError);
  assert.equal(error.code, code);
  if (typeof message === 'string') assert.equal(error.message, message);
  else assert.match(error.message, message);
  return true;
};
