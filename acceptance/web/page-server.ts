import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { S3Client } from '@aws-sdk/client-s3';
import {
  CreateTrainingJobCommand,
  type CreateTrainingJobCommandInput,
  type DescribeTrainingJobCommandOutput,
  ListTrainingJobsCommand,
  SageMakerClient,
  StopTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { type ClientEnvironment, ServerProcess } from '../../examples/demo/server.ts';
import { clientOptions } from '../harness/sagemaker-client.ts';
import { shellJob } from '../harness/shell-job.ts';
import { untilJob } from '../harness/until-job.ts';

const TRAINYARD = fileURLToPath(new URL('../../bin/trainyard.js', import.meta.url));
const WITHIN_MS = 60_000;

/** A server with its page, and clients that make it something to show. */
export class PageServer {
  readonly sagemaker: SageMakerClient;
  readonly s3: S3Client;
  readonly url: string;
  readonly environment: ClientEnvironment;
  /** What it printed: a link that signs in once. */
  readonly link: string;
  readonly #server: ServerProcess;
  readonly #dataDir: string;

  private constructor(server: ServerProcess, dataDir: string, environment: ClientEnvironment, link: string) {
    this.#server = server;
    this.#dataDir = dataDir;
    this.environment = environment;
    this.link = link;
    this.url = server.url;
    const options = clientOptions(environment);
    this.sagemaker = new SageMakerClient(options);
    this.s3 = new S3Client({ ...options, forcePathStyle: true });
  }

  /** `prepare` may put something into the data directory before. */
  static async start(settings: object, prepare: (dataDir: string) => void = () => {}): Promise<PageServer> {
    const dataDir = await mkdtemp(join(tmpdir(), 'trainyard-page-'));
    prepare(dataDir);
    const link = Promise.withResolvers<string>();
    const server = await ServerProcess.start({
      ...{ dataDir, settings },
      onLine: (line) => {
        const told = /^the page, once: (\S+)$/.exec(line)?.[1];
        if (told) link.resolve(told);
      },
    });
    return new PageServer(server, dataDir, await server.clientEnvironment(), await link.promise);
  }

  /** Stops all jobs, so that nothing of them is left, and the server. */
  async close(): Promise<void> {
    const { TrainingJobSummaries: jobs = [] } = await this.sagemaker.send(
      new ListTrainingJobsCommand({ StatusEquals: 'InProgress', MaxResults: 100 }),
    );
    for (const { TrainingJobName } of jobs)
      await this.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName })).catch(() => {});
    for (const { TrainingJobName = '' } of jobs)
      await this.reach(TrainingJobName, /^(Stopped|Completed|Failed)$/);
    await this.#server.stop();
    await rm(this.#dataDir, { recursive: true, force: true });
  }

  /** What `trainyard open --print` prints. */
  async openLink(): Promise<string> {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [TRAINYARD, 'open', '--print', '--data-dir', this.#dataDir],
      { env: { ...process.env, TRAINYARD_CONFIG: join(this.#dataDir, 'settings.yaml') } },
    );
    return stdout.trim();
  }

  /** Creates a job that runs a shell script. */
  async create(
    name: string,
    script: string,
    change: Partial<CreateTrainingJobCommandInput> = {},
  ): Promise<void> {
    const request = shellJob(name, script, { metrics: { loss: 'loss=([0-9.]+)' }, ...change });
    await this.sagemaker.send(new CreateTrainingJobCommand(request));
  }

  /** Waits until a job has a primary status. */
  async reach(name: string, status: RegExp): Promise<void> {
    const isThere = (job: DescribeTrainingJobCommandOutput) => status.test(job.TrainingJobStatus ?? '');
    await untilJob(this.sagemaker, name, isThere, WITHIN_MS);
  }
}
