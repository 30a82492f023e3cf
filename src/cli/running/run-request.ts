import { basename, extname } from 'node:path';
import { ServiceError, validation } from '../../model/errors.ts';
import { instanceType, instanceTypeNames } from '../../model/shapes.ts';
import type { Channel, CreateTrainingJobRequest } from '../../model/types.generated.ts';
import { parse } from '../../model/validator.ts';
import { requestComplaint } from '../../services/sagemaker/request-complaint.ts';
import { CommandFailed } from '../command.ts';
import { CODE_CHANNEL, RUN_ENTRYPOINT } from './run-entrypoint.ts';

const MOST_WAIT_SECONDS = 2_592_000;
const LONGEST_NAME = 63;
const DAY = 86_400;

export interface RunFlags {
  readonly image: string;
  readonly instanceType: string;
  readonly instances: number;
  readonly channel: readonly NameAndText[];
  readonly metric: readonly NameAndText[];
  readonly hyperparameter: readonly NameAndText[];
  readonly env: readonly NameAndText[];
  readonly spot?: boolean;
  readonly role: string;
  readonly volume: number;
  readonly maxRuntime?: number;
}

/** `name=text` of an option. */
export type NameAndText = readonly [name: string, text: string];

/** Where a run's job finds its things. */
export interface RunPlaces {
  readonly account: string;
  /** `s3://bucket/prefix`, without a slash at its end. */
  readonly base: string;
}

export const codeUri = (job: string, { base }: RunPlaces): string => `${base}/${job}/${CODE_CHANNEL}/`;
export const channelUri = (job: string, channel: string, { base }: RunPlaces): string =>
  `${base}/${job}/input/${channel}/`;

/** The request of a run's job. */
export function runRequest(
  name: string,
  command: readonly string[],
  flags: RunFlags,
  places: RunPlaces,
): CreateTrainingJobRequest {
  const { maxRuntime = DAY, spot } = flags;
  const channels = flags.channel.map(([channel, source]) =>
    channelOf(channel, isRemote(source) ? source : channelUri(name, channel, places)),
  );
  return {
    TrainingJobName: name,
    RoleArn: flags.role.startsWith('arn:') ? flags.role : `arn:aws:iam::${places.account}:role/${flags.role}`,
    AlgorithmSpecification: {
      TrainingImage: flags.image,
      TrainingInputMode: 'File',
      ContainerEntrypoint: RUN_ENTRYPOINT,
      ContainerArguments: command,
      ...(flags.metric.length > 0 && {
        MetricDefinitions: flags.metric.map(([Name, Regex]) => ({ Name, Regex })),
      }),
    },
    InputDataConfig: [channelOf(CODE_CHANNEL, codeUri(name, places)), ...channels],
    OutputDataConfig: { S3OutputPath: places.base },
    ResourceConfig: {
      // The server knows which types there are, and refuses the others by name.
      InstanceType: flags.instanceType as NonNullable<
        CreateTrainingJobRequest['ResourceConfig']
      >['InstanceType'],
      InstanceCount: flags.instances,
      VolumeSizeInGB: flags.volume,
    },
    StoppingCondition: {
      MaxRuntimeInSeconds: maxRuntime,
      ...(spot && { MaxWaitTimeInSeconds: Math.min(MOST_WAIT_SECONDS, 2 * maxRuntime) }),
    },
    ...(spot && { EnableManagedSpotTraining: true }),
    ...(flags.hyperparameter.length > 0 && { HyperParameters: Object.fromEntries(flags.hyperparameter) }),
    ...(flags.env.length > 0 && { Environment: Object.fromEntries(flags.env) }),
  };
}

/** What a channel's option names on S3, rather than on this machine. */
export const isRemote = (source: string): boolean => source.startsWith('s3://');

const channelOf = (ChannelName: string, S3Uri: string): Channel => ({
  ChannelName,
  DataSource: {
    S3DataSource: { S3DataType: 'S3Prefix', S3Uri, S3DataDistributionType: 'FullyReplicated' },
  },
});

/** Options that contradict each other or the API, found before anything is sent. */
export function checkFlags({ channel, hyperparameter, env, metric, instanceType: type }: RunFlags): void {
  if (!instanceType(type))
    throw new CommandFailed(`there is no instance type ${type}. ${likeIt(type)}Tab completes them.`);
  for (const [option, pairs] of Object.entries({ channel, hyperparameter, env, metric })) {
    const names = pairs.map(([name]) => name);
    const twice = names.find((name, at) => names.indexOf(name) !== at);
    if (twice !== undefined) throw new CommandFailed(`--${option} ${twice} is given twice.`);
  }
  if (channel.some(([name]) => name === CODE_CHANNEL))
    throw new CommandFailed(`the channel ${CODE_CHANNEL} is the working folder's: choose another name.`);
}

/** Refuses what the server would refuse of the request in itself, in its words: before anything is sent. */
export function checkRequest(request: CreateTrainingJobRequest): void {
  try {
    const complaint = requestComplaint(parse('CreateTrainingJobRequest', request));
    if (complaint !== undefined) throw validation(complaint);
  } catch (error) {
    throw error instanceof ServiceError ? new CommandFailed(error.message) : error;
  }
}

/** The types of the same family, where there are such. */
function likeIt(type: string): string {
  const family = instanceTypeNames().filter((name) => name.startsWith(`${type.split('.', 2).join('.')}.`));
  return family.length > 0 ? `There are ${family.join(', ')}. ` : '';
}

/** A name for a job that has none: what is run, and when, as SageMaker's SDK names jobs. */
export function nameOf(command: readonly string[], folder: string, now: Date): string {
  const script = command.find((word) =>
    ['.py', '.sh', '.js', '.ts', '.r', '.jl'].includes(extname(word).toLowerCase()),
  );
  const base = script === undefined ? basename(folder) : basename(script, extname(script));
  const time = now.toISOString().replace(/[:.T]/g, '-').slice(0, 23);
  const slug = base.replace(/[^a-zA-Z0-9]+/g, '-').replace(/^-+|-+$/g, '') || 'job';
  return `${slug.slice(0, LONGEST_NAME - time.length - 1).replace(/-+$/, '')}-${time}`;
}
