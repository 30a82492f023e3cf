import type {
  CreateTrainingJobRequest,
  HyperParameterSpecification,
  TrainingSpecification,
} from '../model/types.generated.ts';
import { hostGroups } from './instance-groups.ts';

/** What a job may do that runs an algorithm resource: the image and rules of the one who made it. */
export interface Algorithm {
  readonly name: string;
  readonly specification: TrainingSpecification;
}

/**
 * A job's request as the algorithm completes it: its image, its metrics, and the hyperparameters that the request leaves out. Throws
 * `BrokenAlgorithmRule` when the algorithm does not allow the request. SageMaker's words are not known (training contract §13.9).
 */
export function completedBy(
  { name, specification }: Algorithm,
  request: CreateTrainingJobRequest,
): CreateTrainingJobRequest {
  const broken =
    brokenParameter(specification, request) ??
    brokenChannel(specification, request) ??
    brokenInstances(specification, request);
  if (broken) throw new BrokenAlgorithmRule(`Algorithm ${name}: ${broken}`);
  const defaults = (specification.SupportedHyperParameters ?? []).flatMap(({ Name, DefaultValue }) =>
    DefaultValue === undefined ? [] : [[Name, DefaultValue] as const],
  );
  const parameters = { ...Object.fromEntries(defaults), ...request.HyperParameters };
  const { AlgorithmSpecification: wanted } = request;
  const metrics = specification.MetricDefinitions;
  return {
    ...request,
    ...(Object.keys(parameters).length > 0 && { HyperParameters: parameters }),
    ...(wanted && {
      AlgorithmSpecification: {
        ...wanted,
        TrainingImage: imageOf(specification),
        ...(metrics && !wanted.MetricDefinitions && { MetricDefinitions: metrics }),
      },
    }),
  };
}

export class BrokenAlgorithmRule extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BrokenAlgorithmRule';
  }
}

/** With a digest, that image and no other, whatever its tag says today. */
function imageOf({ TrainingImage: image, TrainingImageDigest: digest }: TrainingSpecification): string {
  if (!digest || image.includes('@')) return image;
  return `${image.replace(/:[^:/]*$/, '')}@${digest.toLowerCase()}`;
}

function brokenParameter(
  { SupportedHyperParameters: supported }: TrainingSpecification,
  { HyperParameters: given = {} }: CreateTrainingJobRequest,
): string | undefined {
  if (!supported) return undefined;
  const unknown = Object.keys(given).find((name) => !supported.some((each) => each.Name === name));
  if (unknown !== undefined) return `hyperparameter '${unknown}' is not supported`;
  for (const parameter of supported) {
    const value = given[parameter.Name] ?? parameter.DefaultValue;
    if (value === undefined) {
      if (parameter.IsRequired) return `hyperparameter '${parameter.Name}' is required`;
      continue;
    }
    const complaint = brokenValue(parameter, value);
    if (complaint) return `hyperparameter '${parameter.Name}' ${complaint}`;
  }
  return undefined;
}

/** What is wrong with the value of a hyperparameter, or nothing. */
export function brokenValue(
  { Type: type, Range: range }: HyperParameterSpecification,
  value: string,
): string | undefined {
  if (type === 'FreeText') return undefined;
  if (type === 'Categorical') {
    const values = range?.CategoricalParameterRangeSpecification?.Values;
    return !values || values.includes(value)
      ? undefined
      : `must be one of ${values.join(', ')}: it is '${value}'`;
  }
  const pattern = type === 'Integer' ? /^\s*[+-]?\d+\s*$/ : /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;
  if (!pattern.test(value))
    return `must be ${type === 'Integer' ? 'an integer' : 'a number'}: it is '${value}'`;
  const bounds =
    type === 'Integer'
      ? range?.IntegerParameterRangeSpecification
      : range?.ContinuousParameterRangeSpecification;
  if (!bounds) return undefined;
  const { MinValue: least, MaxValue: most } = bounds;
  return Number(value) < Number(least) || Number(value) > Number(most)
    ? `must be from ${least} to ${most}: it is '${value}'`
    : undefined;
}

function brokenChannel(
  { TrainingChannels: supported }: TrainingSpecification,
  { InputDataConfig: given = [], AlgorithmSpecification: algorithm }: CreateTrainingJobRequest,
): string | undefined {
  const missing = supported.find(
    (each) => each.IsRequired && !given.some((channel) => channel.ChannelName === each.Name),
  );
  if (missing) return `channel '${missing.Name}' is required`;
  for (const channel of given) {
    const rules = supported.find((each) => each.Name === channel.ChannelName);
    if (!rules) return `channel '${channel.ChannelName}' is not supported`;
    const complaint =
      unlisted('InputMode', channel.InputMode ?? algorithm?.TrainingInputMode, rules.SupportedInputModes) ??
      unlisted('CompressionType', channel.CompressionType ?? 'None', rules.SupportedCompressionTypes) ??
      unlisted('ContentType', channel.ContentType, rules.SupportedContentTypes);
    if (complaint) return `channel '${channel.ChannelName}': ${complaint}`;
  }
  return undefined;
}

/** A list that is absent or empty says nothing. */
function unlisted(what: string, value: string | undefined, list: readonly string[] = []): string | undefined {
  return value === undefined || list.length === 0 || list.includes(value)
    ? undefined
    : `${what} must be one of ${list.join(', ')}: it is ${value}`;
}

function brokenInstances(
  { SupportedTrainingInstanceTypes: types, SupportsDistributedTraining: distributed }: TrainingSpecification,
  request: CreateTrainingJobRequest,
): string | undefined {
  const groups = hostGroups(request);
  const other = groups.find(({ instanceType }) => !(types as readonly string[]).includes(instanceType));
  if (other) return `instance type ${other.instanceType} is not supported`;
  const hosts = groups.reduce((sum, each) => sum + each.hosts.length, 0);
  return hosts > 1 && !distributed
    ? 'distributed training is not supported: InstanceCount must be 1'
    : undefined;
}
