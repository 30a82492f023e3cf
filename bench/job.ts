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

/** How long a job was in a status, by its own facts: milliseconds. */
export function timeIn(job: DescribeTrainingJobCommandOutput, status: string): number {
  const visit = job.SecondaryStatusTransitions?.find((each) => each.Status === status);
  if (!visit?.StartTime || !visit.EndTime) throw new Error(`${job.TrainingJobName} was never in ${status}`);
  return visit.EndTime.getTime() - visit.StartTime.getTime();
}
