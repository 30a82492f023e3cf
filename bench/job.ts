import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateTrainingJobCommand,
  type CreateTrainingJobCommandInput,
  DescribeTrainingJobCommand,
  type DescribeTrainingJobCommandOutput,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import type { BenchServer } from './bench-server.ts';

let made = 0;

/** A request for a job that runs a command. */
export function jobRequest(
  server: BenchServer,
  command: readonly string[],
  more: Partial<CreateTrainingJobCommandInput> = {},
): CreateTrainingJobCommandInput {
  return {
    TrainingJobName: `bench-${process.pid}-${++made}`,
    RoleArn: 'arn:aws:iam::123456789012:role/trainyard',
    AlgorithmSpecification: {
      TrainingImage: 'trainyard/host:latest',
      TrainingInputMode: 'File',
      ContainerEntrypoint: [...command],
    },
    OutputDataConfig: { S3OutputPath: `s3://${server.bucket}/bench` },
    ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 0 },
    StoppingCondition: { MaxRuntimeInSeconds: 3600 },
    ...more,
  };
}

export async function create(
  client: SageMakerClient,
  request: CreateTrainingJobCommandInput,
): Promise<string> {
  await client.send(new CreateTrainingJobCommand(request));
  return request.TrainingJobName ?? '';
}

/** The job's description once it has ended, asked for every `interval` milliseconds; a job that did not complete is an error. */
export async function ended(
  client: SageMakerClient,
  name: string,
  interval = 20,
): Promise<DescribeTrainingJobCommandOutput> {
  for (;;) {
    const job = await client.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
    if (job.TrainingJobStatus === 'Completed') return job;
    if (job.TrainingJobStatus !== 'InProgress')
      throw new Error(`${name}: ${job.TrainingJobStatus}: ${job.FailureReason}`);
    await new Promise((resolve) => setTimeout(resolve, interval));
  }
}

/**
 * Runs a job whose hosts each print the time at which they run, in seconds since the epoch. Milliseconds from the answer of
 * CreateTrainingJob to the last of them.
 */
export async function startOf(server: BenchServer, request: CreateTrainingJobCommandInput): Promise<number> {
  const client = server.sagemaker;
  const name = await create(client, request);
  const answered = Date.now();
  await ended(client, name);
  return (await lastTime(server, name)) - answered;
}

/** The latest of the times that a job printed: epoch milliseconds. */
export async function lastTime(server: BenchServer, name: string): Promise<number> {
  const logs = new CloudWatchLogsClient(server.clientOptions);
  const { events = [] } = await logs.send(
    new FilterLogEventsCommand({
      logGroupName: '/aws/sagemaker/TrainingJobs',
      logStreamNamePrefix: `${name}/`,
    }),
  );
  return Math.max(...events.map(({ message }) => Number(message) * 1000).filter(Number.isFinite));
}

/** How long a job was in a status, by its own facts: milliseconds. */
export function timeIn(job: DescribeTrainingJobCommandOutput, status: string): number {
  const visit = job.SecondaryStatusTransitions?.find((each) => each.Status === status);
  if (!visit?.StartTime || !visit.EndTime) throw new Error(`${job.TrainingJobName} was never in ${status}`);
  return visit.EndTime.getTime() - visit.StartTime.getTime();
}
