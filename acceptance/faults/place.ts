import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateTrainingJobCommand,
  type CreateTrainingJobCommandInput,
  DescribeTrainingJobCommand,
  type DescribeTrainingJobCommandOutput,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { ServerProcess } from '../../examples/demo/server.ts';
import { clientOptions, sageMakerOf } from '../harness/sagemaker-client.ts';
import { BUCKET, shellJob } from '../harness/shell-job.ts';
import { untilJob } from '../harness/until-job.ts';

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
    return new Place(dataDir, settings, server, await sageMakerOf(server));
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
    this.#sagemaker = await sageMakerOf(this.#server);
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
    const lasting = { StoppingCondition: { MaxRuntimeInSeconds: 86_400 }, ...change };
    await this.#sagemaker.send(new CreateTrainingJobCommand(shellJob(name, script, lasting)));
  }

  /** Puts an object into the account's bucket. Returns its URI. */
  async put(key: string, body: string): Promise<string> {
    const options = clientOptions(await this.#server.clientEnvironment());
    const s3 = new S3Client({ ...options, forcePathStyle: true });
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: body }));
    return `s3://${BUCKET}/${key}`;
  }

  describe(name: string): Promise<DescribeTrainingJobCommandOutput> {
    return this.#sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
  }

  /** The job's description as soon as it is as wanted. */
  until(
    name: string,
    wanted: (job: DescribeTrainingJobCommandOutput) => boolean,
  ): Promise<DescribeTrainingJobCommandOutput> {
    return untilJob(this.#sagemaker, name, wanted, WITHIN_MS);
  }
}

/** Defines a test of the shell for whether this is the job's first attempt. */
export const FIRST = 'first() { grep -q \'"jobRunNumber":1\' /opt/ml/input/config/init-config.json; }; ';
