import { type CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateTrainingJobCommand,
  type CreateTrainingJobCommandInput,
  type DescribeTrainingJobCommandOutput,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { untilJob } from '../harness/until-job.ts';
import { service } from '../javascript/cases.ts';

/** How long a job of a test may take to become what it is to be, in milliseconds. */
export const WITHIN_MS = 180_000;

const ENDED = new Set(['Completed', 'Failed', 'Stopped']);

/** Where the programs of the jobs are, as a channel. */
export const CODE_CHANNEL = {
  ChannelName: 'code',
  DataSource: {
    S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${service.bucket}/clusters/` },
  },
} as const;

/** The clients of one server. */
export interface Clients {
  readonly sagemaker: SageMakerClient;
  readonly logs: CloudWatchLogsClient;
}

/** Creates a job of two instances. Returns its name. */
export async function create(
  { sagemaker }: Clients,
  name: string,
  command: readonly string[] | undefined,
  change: Partial<CreateTrainingJobCommandInput> = {},
): Promise<string> {
  await sagemaker.send(
    new CreateTrainingJobCommand({
      TrainingJobName: name,
      RoleArn: service.role,
      AlgorithmSpecification: {
        TrainingImage: 'trainyard/host:latest',
        TrainingInputMode: 'File',
        ...(command && { ContainerEntrypoint: [...command] }),
      },
      InputDataConfig: [CODE_CHANNEL],
      OutputDataConfig: { S3OutputPath: `s3://${service.bucket}/clusters-output` },
      ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 2, VolumeSizeInGB: 1 },
      StoppingCondition: { MaxRuntimeInSeconds: 150 },
      ...change,
    }),
  );
  return name;
}

/** The lines of all hosts of a job that must complete. */
export async function completed(clients: Clients, name: string): Promise<string[]> {
  const job = await until(clients, name, ({ TrainingJobStatus = '' }) => ENDED.has(TrainingJobStatus));
  const lines = await linesOf(clients, name);
  if (job.TrainingJobStatus === 'Completed') return lines;
  throw new Error(`${name} is ${job.TrainingJobStatus}: ${job.FailureReason}\n${lines.join('\n')}`);
}

/** The job as soon as it is as wanted. */
export const until = (
  { sagemaker }: Clients,
  name: string,
  wanted: (job: DescribeTrainingJobCommandOutput) => boolean,
): Promise<DescribeTrainingJobCommandOutput> => untilJob(sagemaker, name, wanted, WITHIN_MS);

/** What all hosts printed. */
export async function linesOf({ logs }: Clients, name: string): Promise<string[]> {
  const group = { logGroupName: '/aws/sagemaker/TrainingJobs', logStreamNamePrefix: `${name}/` };
  const lines: string[] = [];
  for await (const page of paginateFilterLogEvents({ client: logs }, group))
    lines.push(...(page.events ?? []).map(({ message = '' }) => message));
  return lines;
}
