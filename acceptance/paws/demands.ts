/** What a constructor of Paws demands: the members without which it dies, and what it makes of those that are structures. */
interface Demand {
  readonly required: readonly string[];
  readonly parts?: Readonly<Record<string, string>>;
}

/** By the class in Paws 0.46 (`required => 1`). Times are strings to it: numbers are fine, and so is any text. */
const DEMANDS: Readonly<Record<string, Demand>> = {
  CreateTrainingJobResponse: { required: ['TrainingJobArn'] },
  DescribeTrainingJobResponse: {
    required: [
      ...['AlgorithmSpecification', 'CreationTime', 'ModelArtifacts', 'ResourceConfig', 'SecondaryStatus'],
      ...['StoppingCondition', 'TrainingJobArn', 'TrainingJobName', 'TrainingJobStatus'],
    ],
    parts: {
      AlgorithmSpecification: 'AlgorithmSpecification',
      InputDataConfig: 'Channel',
      ModelArtifacts: 'ModelArtifacts',
      OutputDataConfig: 'OutputDataConfig',
      ResourceConfig: 'ResourceConfig',
      SecondaryStatusTransitions: 'SecondaryStatusTransition',
    },
  },
  ListTrainingJobsResponse: {
    required: ['TrainingJobSummaries'],
    parts: { TrainingJobSummaries: 'TrainingJobSummary' },
  },
  ListTagsOutput: { required: [], parts: { Tags: 'Tag' } },
  AddTagsOutput: { required: [], parts: { Tags: 'Tag' } },
  AlgorithmSpecification: {
    required: ['TrainingInputMode'],
    parts: { MetricDefinitions: 'MetricDefinition' },
  },
  Channel: { required: ['ChannelName', 'DataSource'] },
  MetricDefinition: { required: ['Name', 'Regex'] },
  ModelArtifacts: { required: ['S3ModelArtifacts'] },
  OutputDataConfig: { required: ['S3OutputPath'] },
  ResourceConfig: { required: ['InstanceCount', 'InstanceType', 'VolumeSizeInGB'] },
  SecondaryStatusTransition: { required: ['StartTime', 'Status'] },
  Tag: { required: ['Key', 'Value'] },
  TrainingJobSummary: {
    required: ['CreationTime', 'TrainingJobArn', 'TrainingJobName', 'TrainingJobStatus'],
  },
};

/** The members of an answer that Paws demands and does not find: `ResourceConfig.InstanceType`. */
export function missed(name: string, answer: unknown): string[] {
  if (Array.isArray(answer)) return answer.flatMap((each) => missed(name, each));
  const { required, parts = {} } = DEMANDS[name] ?? { required: [] };
  const members = answer as Readonly<Record<string, unknown>>;
  const lacking = required.filter((member) => members[member] === undefined || members[member] === null);
  const within = Object.entries(parts)
    .filter(([member]) => members[member] !== undefined)
    .flatMap(([member, part]) => missed(part, members[member]).map((path) => `${member}.${path}`));
  return [...lacking, ...within];
}
