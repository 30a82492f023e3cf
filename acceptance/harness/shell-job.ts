import type {
  CreateTrainingJobCommandInput,
  DescribeTrainingJobCommandOutput,
} from '@aws-sdk/client-sagemaker';

/** The account's own bucket, which is there from the start. */
export const BUCKET = 'sagemaker-us-east-1-123456789012';

/** What a shell job is to be beside its script. Metrics are regular expressions by name. */
interface ShellJob extends Partial<CreateTrainingJobCommandInput> {
  readonly metrics?: Readonly<Record<string, string>>;
}

/** A request for a job of one instance that runs a shell script. Its processes are known by its name, their last word. */
export function shellJob(
  name: string,
  script: string,
  { metrics = {}, ...change }: ShellJob = {},
): CreateTrainingJobCommandInput {
  return {
    TrainingJobName: name,
    RoleArn: 'arn:aws:iam::123456789012:role/trainyard',
    AlgorithmSpecification: {
      TrainingImage: 'trainyard/host:latest',
      TrainingInputMode: 'File',
      ContainerEntrypoint: ['/bin/bash', '-c', script, name],
      MetricDefinitions: Object.entries(metrics).map(([Name, Regex]) => ({ Name, Regex })),
    },
    OutputDataConfig: { S3OutputPath: `s3://${BUCKET}/out` },
    ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
    StoppingCondition: { MaxRuntimeInSeconds: 600 },
    ...change,
  };
}

export const hasEnded = ({ TrainingJobStatus }: DescribeTrainingJobCommandOutput): boolean =>
  ['Completed', 'Failed', 'Stopped'].includes(TrainingJobStatus ?? '');

/** The statuses that a job has been in, the first one first. */
export const statusesOf = (job: DescribeTrainingJobCommandOutput) =>
  job.SecondaryStatusTransitions?.map(({ Status }) => Status);

/** The same without waiting for instances: the job before it may still be giving its own back. */
export const statusesBesidePending = (job: DescribeTrainingJobCommandOutput) =>
  statusesOf(job)?.filter((status) => status !== 'Pending');
