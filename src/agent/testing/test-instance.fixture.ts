import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Clock } from '../../clock/clock.ts';
import type { CreateTrainingJobRequest } from '../../model/types.generated.ts';
import type { AgentEnvironment } from '../agent-environment.ts';
import { createInstanceAgent } from '../create-instance-agent.ts';
import type { Instance } from '../hook.ts';
import type { InstanceAgent, InstancePlan } from '../instance-agent.ts';
import { instanceFolder, openInstanceFolder } from '../instance-folder.ts';
import { networkOfOne } from '../instance-network.ts';
import { FakeRuntime } from './fake-runtime.fixture.ts';
import { FakeTelemetry } from './fake-telemetry.fixture.ts';
import { MemoryStorage } from './memory-storage.fixture.ts';

/** The request of a job with one channel, its defaults filled in. */
export const REQUEST: CreateTrainingJobRequest = {
  TrainingJobName: 'Toy-1',
  RoleArn: 'arn:aws:iam::123456789012:role/Trainer',
  AlgorithmSpecification: {
    TrainingImage: 'toy:latest',
    TrainingInputMode: 'File',
    EnableSageMakerMetricsTimeSeries: false,
  },
  OutputDataConfig: { S3OutputPath: 's3://out/models', KmsKeyId: '', CompressionType: 'GZIP' },
  ResourceConfig: { InstanceType: 'ml.c5.xlarge', InstanceCount: 1, VolumeSizeInGB: 0 },
  StoppingCondition: { MaxRuntimeInSeconds: 86_400 },
  EnableNetworkIsolation: false,
};

/** An S3 channel in File mode, as the request has it. */
export function channel(ChannelName: string, S3Uri: string) {
  return {
    ChannelName,
    DataSource: {
      S3DataSource: { S3DataType: 'S3Prefix', S3Uri, S3DataDistributionType: 'FullyReplicated' },
    },
    CompressionType: 'None',
    RecordWrapperType: 'None',
  } as const;
}

export function planOf(
  request: Partial<CreateTrainingJobRequest> = {},
  plan: Partial<InstancePlan> = {},
): InstancePlan {
  return {
    jobId: 7,
    jobName: 'Toy-1',
    jobArn: 'arn:aws:sagemaker:us-east-1:123456789012:training-job/toy-1',
    attempt: 1,
    host: 'algo-1',
    hosts: ['algo-1'],
    instanceType: 'ml.c5.xlarge',
    groupName: 'homogeneousCluster',
    request: { ...REQUEST, ...request },
    account: '123456789012',
    region: 'us-east-1',
    gpus: [],
    startedAt: 1_700_000_000_000,
    ...plan,
  };
}

/** A clock that does not wait, and remembers what it was to wait. */
export class ImpatientClock implements Clock {
  readonly slept: number[] = [];

  now(): number {
    return 1_700_000_000_000;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.slept.push(ms);
  }
}

/** A place for agents in a temporary folder, and what they work with. */
export interface TestPlace {
  readonly folder: string;
  readonly storage: MemoryStorage;
  readonly runtime: FakeRuntime;
  readonly telemetry: FakeTelemetry;
  readonly clock: ImpatientClock;
  readonly logged: string[];
  readonly environment: AgentEnvironment;
  /** The path of something in the `/opt/ml` of the plan's instance. */
  ml(plan: InstancePlan, ...path: string[]): string;
  agent(plan: InstancePlan): InstanceAgent;
  /** What a hook gets, with the folder laid open. */
  instance(plan: InstancePlan): Promise<Instance>;
}

export async function testPlace(context: TestContext): Promise<TestPlace> {
  const folder = await mkdtemp(join(tmpdir(), 'trainyard-agent-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  const storage = new MemoryStorage();
  const runtime = new FakeRuntime();
  const telemetry = new FakeTelemetry(join(folder, 'output.log'));
  const clock = new ImpatientClock();
  const logged: string[] = [];
  const environment: AgentEnvironment = {
    runtime,
    storage,
    telemetry,
    clock,
    folder,
    instanceType: { cpus: 4, memoryBytes: 8 * 1024 ** 3 },
    networks: networkOfOne,
    containerEnvironment: () => ({ AWS_ENDPOINT_URL: 'http://127.0.0.1:4567', AWS_ACCESS_KEY_ID: 'AKIDTOY' }),
    log: (line) => logged.push(line),
  };
  return {
    folder,
    storage,
    runtime,
    telemetry,
    clock,
    logged,
    environment,
    ml: (plan, ...path) => join(instanceFolder(folder, plan).ml, ...path),
    agent: (plan) => createInstanceAgent(plan, environment),
    instance: async (plan) => {
      const own = instanceFolder(folder, plan);
      await openInstanceFolder(own);
      return { plan, environment, folder: own, say: (line) => telemetry.said.push(line), progress: () => {} };
    },
  };
}

/** A signal that never aborts. */
export const never = (): AbortSignal => new AbortController().signal;
