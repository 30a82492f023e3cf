import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateTrainingJobCommand,
  type CreateTrainingJobCommandInput,
  DescribeTrainingJobCommand,
  type DescribeTrainingJobCommandOutput,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { ServerProcess } from '../../examples/demo/server.ts';

const BUCKET = 'sagemaker-us-east-1-123456789012';
const WITHIN_MS = 60_000;
const launcher = fileURLToPath(new URL('../../bin/trainyard.js', import.meta.url));

export interface Told {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A server with a data directory of its own, which can be killed and started again, its clients, and its command line. */
export class Place {
  readonly dataDir: string;
  readonly #settings: object;
  #server: ServerProcess;
  #sagemaker: SageMakerClient;

  private constructor(dataDir: string, settings: object, server: ServerProcess, sagemaker: SageMakerClient) {
    this.dataDir = dataDir;
    this.#settings = settings;
    this.#server = server;
    this.#sagemaker = sagemaker;
  }

  static async open(settings: object): Promise<Place> {
    const dataDir = await mkdtemp(join(tmpdir(), 'trainyard-faults-'));
    const server = await ServerProcess.start({ dataDir, settings });
    return new Place(dataDir, settings, server, new SageMakerClient(await connectionTo(server)));
  }

  async close(): Promise<void> {
    await this.#server.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  /** The next one is on another port. */
  async crash(): Promise<void> {
    await this.#server.kill();
  }

  async restart(): Promise<void> {
    this.#server = await ServerProcess.start({ dataDir: this.dataDir, settings: this.#settings });
    this.#sagemaker = new SageMakerClient(await connectionTo(this.#server));
  }

  /** Runs a command of `trainyard` to its end. */
  trainyard(...words: string[]): Promise<Told> {
    return new Promise((resolve) => {
      execFile(process.execPath, this.#command(words), { timeout: WITHIN_MS }, (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr }),
      );
    });
  }

  /** Starts a command of `trainyard` that goes on. */
  begin(...words: string[]): ChildProcess {
    return spawn(process.execPath, this.#command(words), { stdio: ['ignore', 'pipe', 'pipe'] });
  }

  #command(words: readonly string[]): string[] {
    return [launcher, ...words, '--data-dir', this.dataDir, '--config', join(this.dataDir, 'settings.yaml')];
  }

  async create(name: string, script: string, change: Partial<CreateTrainingJobCommandInput> = {}) {
    await this.#sagemaker.send(
      new CreateTrainingJobCommand({
        TrainingJobName: name,
        RoleArn: 'arn:aws:iam::123456789012:role/trainyard',
        AlgorithmSpecification: {
          TrainingImage: 'trainyard/host:latest',
          TrainingInputMode: 'File',
          ContainerEntrypoint: ['/bin/bash', '-c', script, name],
        },
        OutputDataConfig: { S3OutputPath: 's3://sagemaker-us-east-1-123456789012/faults' },
        ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
        StoppingCondition: { MaxRuntimeInSeconds: 86_400 },
        ...change,
      }),
    );
  }

  /** Puts an object into the account's bucket. Returns its URI. */
  async put(key: string, body: string): Promise<string> {
    const s3 = new S3Client({ ...(await connectionTo(this.#server)), forcePathStyle: true });
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: body }));
    return `s3://${BUCKET}/${key}`;
  }

  describe(name: string): Promise<DescribeTrainingJobCommandOutput> {
    return this.#sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
  }

  /** The job's description as soon as it is as wanted. */
  async until(
    name: string,
    wanted: (job: DescribeTrainingJobCommandOutput) => boolean,
  ): Promise<DescribeTrainingJobCommandOutput> {
    let job: DescribeTrainingJobCommandOutput | undefined;
    for (const end = Date.now() + WITHIN_MS; Date.now() < end; await delay(50)) {
      job = await this.describe(name);
      if (wanted(job)) return job;
    }
    throw new Error(`${name} is not as it should be: ${JSON.stringify(job)}`);
  }
}

async function connectionTo(server: ServerProcess) {
  const environment = await server.clientEnvironment();
  return {
    endpoint: environment.AWS_ENDPOINT_URL,
    region: environment.AWS_REGION,
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID,
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
    },
  };
}

/** Defines a test of the shell for whether this is the job's first attempt. */
export const FIRST = 'first() { grep -q \'"jobRunNumber":1\' /opt/ml/input/config/init-config.json; }; ';

export const ended = ({ TrainingJobStatus }: DescribeTrainingJobCommandOutput): boolean =>
  ['Completed', 'Failed', 'Stopped'].includes(TrainingJobStatus ?? '');

export const statuses = (job: DescribeTrainingJobCommandOutput) =>
  job.SecondaryStatusTransitions?.map(({ Status }) => Status);
