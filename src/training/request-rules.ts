import type { Channel, CreateTrainingJobRequest, InstanceGroup } from '../model/types.generated.ts';
import { brokenCheckpointName, brokenLocalPath } from './local-paths.ts';
import { brokenPipeRule } from './pipe-rules.ts';
import { brokenProfilerConfig } from './profiling.ts';
import { keepAliveOf } from './warm-pool.ts';

/** The longest a job may run (training contract §0.1). */
const MAX_RUNTIME_SECONDS = 28 * 86_400;

/** A rule over several members of a request: what is wrong, or nothing. */
type Rule = (request: CreateTrainingJobRequest) => string | undefined;

/**
 * The rules between members, which the model can't express, in the order they are checked. Texts with a source are SageMaker's own;
 * the wording of the others is not known (training contract §13.9), so they say plainly what is wrong.
 */
const rules: readonly Rule[] = [
  // aws sagify#111, in wire-api §9
  ({ StoppingCondition: stop, EnableManagedSpotTraining: spot }) =>
    stop?.MaxWaitTimeInSeconds !== undefined && !spot
      ? 'Invalid MaxWaitTimeInSeconds. It is only supported when EnableManagedSpotTraining is set to true'
      : undefined,
  ({ StoppingCondition: stop }) =>
    (stop?.MaxWaitTimeInSeconds ?? Number.POSITIVE_INFINITY) < (stop?.MaxRuntimeInSeconds ?? 0)
      ? 'Invalid MaxWaitTimeInSeconds. It must be greater than or equal to MaxRuntimeInSeconds'
      : undefined,
  ({ StoppingCondition: stop }) =>
    (stop?.MaxRuntimeInSeconds ?? 0) > MAX_RUNTIME_SECONDS
      ? `Invalid MaxRuntimeInSeconds. It must be less than or equal to ${MAX_RUNTIME_SECONDS} (28 days)`
      : undefined,
  ({ AlgorithmSpecification: algorithm, ServerlessJobConfig: serverless }) =>
    algorithm || serverless
      ? undefined
      : 'AlgorithmSpecification must be specified for a training job that is not serverless',
  ({ ResourceConfig: resources, ServerlessJobConfig: serverless }) =>
    resources || serverless
      ? undefined
      : 'ResourceConfig must be specified for a training job that is not serverless',
  ({ AlgorithmSpecification: algorithm }) =>
    algorithm && (algorithm.TrainingImage === undefined) === (algorithm.AlgorithmName === undefined)
      ? 'Exactly one of AlgorithmSpecification.TrainingImage and AlgorithmSpecification.AlgorithmName must be specified'
      : undefined,
  ({ ResourceConfig: resources }) => {
    if (!resources) return undefined;
    const alternatives = [resources.InstanceType, resources.InstanceGroups, resources.InstancePreferences];
    return alternatives.filter((each) => each !== undefined).length === 1
      ? undefined
      : 'Exactly one of ResourceConfig.InstanceType, ResourceConfig.InstanceGroups and ResourceConfig.InstancePreferences must be specified';
  },
  ({ ResourceConfig: resources }) =>
    resources?.InstanceType !== undefined && !resources.InstanceCount
      ? 'ResourceConfig.InstanceCount must be at least 1 when ResourceConfig.InstanceType is specified'
      : undefined,
  ({ ResourceConfig: resources }) =>
    resources?.InstanceCount !== undefined && resources.InstanceGroups !== undefined
      ? 'ResourceConfig.InstanceCount must not be specified with ResourceConfig.InstanceGroups, whose groups have a count of their own'
      : undefined,
  ({ ResourceConfig: resources }) => firstOf([resources?.InstanceGroups], brokenGroups),
  ({ InputDataConfig: channels = [], ResourceConfig: resources }) =>
    firstOf(channels, (channel) => unknownGroup(channel, resources?.InstanceGroups ?? [])),
  // Warm pools are not for heterogeneous clusters, nor for spot (training contract §4.6).
  (request) =>
    keepAliveOf(request) > 0 && request.ResourceConfig?.InstanceGroups !== undefined
      ? 'ResourceConfig.KeepAlivePeriodInSeconds must not be specified with ResourceConfig.InstanceGroups'
      : undefined,
  (request) =>
    keepAliveOf(request) > 0 && request.EnableManagedSpotTraining
      ? 'ResourceConfig.KeepAlivePeriodInSeconds must not be specified when EnableManagedSpotTraining is set to true'
      : undefined,
  ({ ResourceConfig: resources }) =>
    resources?.SelectedInstanceType !== undefined || resources?.SelectedInstanceCount !== undefined
      ? 'ResourceConfig.SelectedInstanceType and ResourceConfig.SelectedInstanceCount are set by the service and must not be specified'
      : undefined,
  ({ InputDataConfig: channels = [] }) =>
    duplicate(
      channels.map((each) => each.ChannelName),
      'channel name',
      'InputDataConfig',
    ),
  ({ InputDataConfig: channels = [] }) => firstOf(channels, oneDataSource),
  (request) => firstOf(request.InputDataConfig ?? [], (channel) => fileModeOnly(channel, request)),
  (request) => firstOf(request.InputDataConfig ?? [], (channel) => prefixOnly(channel, request)),
  ({ InputDataConfig: channels = [] }) => channelFolderClash(channels.map((each) => each.ChannelName)),
  brokenPipeRule,
  brokenProfilerConfig,
  brokenLocalPath,
  brokenCheckpointName,
  ({ AlgorithmSpecification: algorithm }) =>
    duplicate(
      (algorithm?.MetricDefinitions ?? []).map((each) => each.Name),
      'metric name',
      'AlgorithmSpecification.MetricDefinitions',
    ),
  ({ Tags: tags = [] }) =>
    duplicate(
      tags.map((each) => each.Key),
      'tag key',
      'Tags',
    ),
  ({ Tags: tags = [] }) => reservedTagKey(tags.map((each) => each.Key)),
];

/** What is wrong with a request beyond its single members, or nothing. */
export function brokenRule(request: CreateTrainingJobRequest): string | undefined {
  return firstOf(rules, (rule) => rule(request));
}

/** Tag keys that begin with `aws:` are the service's own. */
export const reservedTagKey = (keys: readonly string[]): string | undefined =>
  keys.some((key) => key.toLowerCase().startsWith('aws:'))
    ? 'aws: prefixed tag key names are not allowed for external use.'
    : undefined;

function brokenGroups(groups: readonly InstanceGroup[] | undefined): string | undefined {
  if (!groups) return undefined;
  if (groups.length === 0) return 'ResourceConfig.InstanceGroups must have at least one group';
  const empty = groups.find((each) => each.InstanceCount < 1);
  if (empty)
    return `InstanceCount of group ${empty.InstanceGroupName} in ResourceConfig.InstanceGroups must be at least 1`;
  return duplicate(
    groups.map((each) => each.InstanceGroupName),
    'instance group name',
    'ResourceConfig.InstanceGroups',
  );
}

function unknownGroup(channel: Channel, groups: readonly InstanceGroup[]): string | undefined {
  const names = channel.DataSource.S3DataSource?.InstanceGroupNames ?? [];
  const unknown = names.find((name) => groups.every((group) => group.InstanceGroupName !== name));
  return unknown === undefined
    ? undefined
    : `Invalid InstanceGroupNames of channel ${channel.ChannelName} in InputDataConfig: '${unknown}' is not the name of a group in ResourceConfig.InstanceGroups`;
}

function oneDataSource(channel: Channel): string | undefined {
  const sources = [
    channel.DataSource.S3DataSource,
    channel.DataSource.FileSystemDataSource,
    channel.DataSource.DatasetSource,
  ];
  return sources.filter(Boolean).length === 1
    ? undefined
    : `Exactly one data source must be specified for channel ${channel.ChannelName} in InputDataConfig`;
}

/** A file system is mounted (training contract §2.8). */
function fileModeOnly(channel: Channel, request: CreateTrainingJobRequest): string | undefined {
  return channel.DataSource.FileSystemDataSource && inputModeOf(channel, request) !== 'File'
    ? `Invalid InputMode ${inputModeOf(channel, request)} of channel ${channel.ChannelName} in InputDataConfig: a channel with a FileSystemDataSource must be in File mode`
    : undefined;
}

/** FastFile mode shows a folder of a bucket (training contract §2.7). */
function prefixOnly(channel: Channel, request: CreateTrainingJobRequest): string | undefined {
  const type = channel.DataSource.S3DataSource?.S3DataType;
  return type !== undefined && type !== 'S3Prefix' && inputModeOf(channel, request) === 'FastFile'
    ? `Invalid S3DataType ${type} of channel ${channel.ChannelName} in InputDataConfig: FastFile mode supports S3Prefix only`
    : undefined;
}

/** A channel's own InputMode wins over the job's (training contract §1.3). */
function inputModeOf(channel: Channel, request: CreateTrainingJobRequest): string {
  return channel.InputMode ?? request.AlgorithmSpecification?.TrainingInputMode ?? 'File';
}

/** A channel is a folder in /opt/ml/input/data, beside which stands the file `<channel>-manifest` (training contract §1.2). */
function channelFolderClash(names: readonly string[]): string | undefined {
  return firstOf(names, (name) => {
    if (name === '.' || name === '..')
      return `Invalid channel name '${name}' in InputDataConfig: it can't name a folder`;
    const other = names.find((each) => name === `${each}-manifest`);
    return (
      other && `Invalid channel name '${name}' in InputDataConfig: a file of channel ${other} has that name`
    );
  });
}

function duplicate(values: readonly string[], what: string, where: string): string | undefined {
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  return twice === undefined ? undefined : `Duplicate ${what} '${twice}' in ${where}`;
}

function firstOf<T>(items: readonly T[], check: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = check(item);
    if (found) return found;
  }
  return undefined;
}
