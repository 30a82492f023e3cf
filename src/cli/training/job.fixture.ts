import type { DescribeTrainingJobResponse } from '../../model/types.generated.ts';

/** The instant that the job of these tests was created at, in epoch seconds. */
export const CREATED = 1_795_000_000;

/** What the API says of a job that has failed after a minute. */
export const failedJob: DescribeTrainingJobResponse = {
  TrainingJobName: 'broken',
  TrainingJobArn: 'arn:aws:sagemaker:us-east-1:123456789012:training-job/broken',
  TrainingJobStatus: 'Failed',
  SecondaryStatus: 'Failed',
  FailureReason: 'AlgorithmError: no such file, exit code: 2',
  CreationTime: CREATED,
  LastModifiedTime: CREATED + 65,
  TrainingEndTime: CREATED + 64,
  StoppingCondition: {},
  ModelArtifacts: { S3ModelArtifacts: 's3://bucket/broken/output/model.tar.gz' },
  ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 2, VolumeSizeInGB: 1 },
  AlgorithmSpecification: {
    TrainingImage: 'trainyard/host:latest',
    TrainingInputMode: 'File',
    ContainerEntrypoint: ['sh', '-c', "echo 'hi'"],
  },
  InputDataConfig: [
    {
      ChannelName: 'train',
      InputMode: 'Pipe',
      DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://bucket/data/' } },
    },
  ],
  SecondaryStatusTransitions: [
    { Status: 'Starting', StartTime: CREATED, EndTime: CREATED + 2.5, StatusMessage: 'Starting' },
    { Status: 'Training', StartTime: CREATED + 2.5, EndTime: CREATED + 64, StatusMessage: 'In progress.' },
    { Status: 'Failed', StartTime: CREATED + 64, StatusMessage: 'Training job failed' },
  ],
  FinalMetricDataList: [
    { MetricName: 'accuracy', Value: 0.5, Timestamp: CREATED + 30 },
    { MetricName: 'loss', Value: 0.031234567, Timestamp: CREATED + 60 },
  ],
  TrainingTimeInSeconds: 64,
  BillableTimeInSeconds: 64,
};
