import { readFile } from 'node:fs/promises';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  type Channel,
  CreateTrainingJobCommand,
  SageMakerClient,
  StopTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type Job, type Observation, observe } from './observe.ts';
import type { ClientEnvironment } from './server.ts';

const example = new URL('../breast-cancer/', import.meta.url);
const inputs = {
  train: 'data/train/train.csv',
  validation: 'data/validation/validation.csv',
  code: 'train.py',
} as const;

/** The breast cancer example as a training job: nothing but ordinary use of the AWS SDK. */
export class Training {
  readonly jobName = `breast-cancer-${new Date().toISOString().replace(/[:.]/g, '-').slice(0, 23)}`;
  readonly #region: string;
  readonly #sagemaker: SageMakerClient;
  readonly #logs: CloudWatchLogsClient;
  readonly #s3: S3Client;
  readonly #sts: STSClient;

  constructor(environment: ClientEnvironment) {
    const client = {
      endpoint: environment.AWS_ENDPOINT_URL,
      region: environment.AWS_REGION,
      credentials: {
        accessKeyId: environment.AWS_ACCESS_KEY_ID,
        secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
      },
    };
    this.#region = environment.AWS_REGION;
    this.#sagemaker = new SageMakerClient(client);
    this.#logs = new CloudWatchLogsClient(client);
    this.#s3 = new S3Client({ ...client, forcePathStyle: true });
    this.#sts = new STSClient(client);
  }

  /** Uploads data and code, and creates the job. Returns where its input and output are. */
  async create(): Promise<string> {
    const { Account: account } = await this.#sts.send(new GetCallerIdentityCommand({}));
    const bucket = `sagemaker-${this.#region}-${account}`;
    const location = `s3://${bucket}/${this.jobName}`;
    await this.#upload(bucket);
    await this.#sagemaker.send(
      new CreateTrainingJobCommand({
        TrainingJobName: this.jobName,
        RoleArn: `arn:aws:iam::${account}:role/trainyard`,
        AlgorithmSpecification: {
          TrainingImage: 'trainyard/host:latest',
          TrainingInputMode: 'File',
          ContainerEntrypoint: ['python3', '/opt/ml/input/data/code/train.py'],
          MetricDefinitions: [
            { Name: 'train:loss', Regex: 'train_loss=([0-9.]+)' },
            { Name: 'validation:accuracy', Regex: 'validation_accuracy=([0-9.]+)' },
          ],
        },
        HyperParameters: { epochs: '40' },
        InputDataConfig: Object.keys(inputs).map((name) => channel(name, `${location}/${name}/`)),
        OutputDataConfig: { S3OutputPath: `${location}/output` },
        ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
        StoppingCondition: { MaxRuntimeInSeconds: 600 },
      }),
    );
    return location;
  }

  observe(signal: AbortSignal): AsyncGenerator<Observation, Job> {
    return observe(this.#sagemaker, this.#logs, this.jobName, signal);
  }

  /** Stops the job and waits for its end. */
  async stop(): Promise<void> {
    await this.#sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: this.jobName }));
    for await (const _ of this.observe(AbortSignal.timeout(10_000)));
  }

  /** The bytes of the object at an `s3://` URI. */
  async download(uri: string): Promise<Uint8Array> {
    const { host, pathname } = new URL(uri);
    const { Body: body } = await this.#s3.send(
      new GetObjectCommand({ Bucket: host, Key: pathname.slice(1) }),
    );
    if (!body) throw new Error(`${uri} has no content`);
    return body.transformToByteArray();
  }

  async #upload(bucket: string): Promise<void> {
    for (const [name, file] of Object.entries(inputs)) {
      const key = `${this.jobName}/${name}/${file.split('/').at(-1)}`;
      const body = await readFile(new URL(file, example));
      await this.#s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
    }
  }
}

/** The rows that no training sees, as CSV text. */
export const heldOutRows = () => readFile(new URL('data/test/test.csv', example), 'utf8');

const channel = (name: string, uri: string): Channel => ({
  ChannelName: name,
  DataSource: {
    S3DataSource: { S3DataType: 'S3Prefix', S3Uri: uri, S3DataDistributionType: 'FullyReplicated' },
  },
});
