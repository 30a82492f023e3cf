import type { Channel, CreateTrainingJobRequest } from '../../model/types.generated.ts';

/** A use of the API that this version can't honour yet. Never accepted and forgotten: refused, by name. */
interface RefusedMember {
  /** The member's path in the request. */
  readonly member: string;
  readonly why: string;
  isUsed(request: CreateTrainingJobRequest): boolean;
}

const anyChannel = (request: CreateTrainingJobRequest, test: (channel: Channel) => unknown): boolean =>
  (request.InputDataConfig ?? []).some((channel) => Boolean(test(channel)));

const s3 = (channel: Channel) => channel.DataSource.S3DataSource;

/** All that CreateTrainingJob refuses today. This list shrinks as Trainyard grows. */
export const refusedMembers: readonly RefusedMember[] = [
  {
    member: 'InputDataConfig.DataSource.DatasetSource',
    why: 'hub datasets are not served',
    isUsed: (request) => anyChannel(request, (channel) => channel.DataSource.DatasetSource),
  },
  {
    member: 'InputDataConfig.DataSource.S3DataSource.ModelAccessConfig',
    why: 'gated models are not served',
    isUsed: (request) => anyChannel(request, (channel) => s3(channel)?.ModelAccessConfig),
  },
  {
    member: 'InputDataConfig.DataSource.S3DataSource.HubAccessConfig',
    why: 'model hubs are not served',
    isUsed: (request) => anyChannel(request, (channel) => s3(channel)?.HubAccessConfig),
  },
  ...resourceMembers([
    ['InstancePreferences', 'instance preferences are not served'],
    ['InstancePlacementConfig', 'placement on UltraServers is not served'],
    ['TrainingPlanArn', 'training plans are not served'],
  ]),
  {
    member: 'ResourceConfig.VolumeKmsKeyId',
    why: 'instance volumes are not encrypted',
    isUsed: (request) => Boolean(request.ResourceConfig?.VolumeKmsKeyId),
  },
  ...topLevelMembers([
    ['DebugRuleConfigurations', 'debugger rules are not evaluated'],
    ['ExperimentConfig', 'experiments are not served'],
    ['ProfilerRuleConfigurations', 'profiler rules are not evaluated'],
    ['ServerlessJobConfig', 'serverless jobs are not served'],
    ['MlflowConfig', 'MLflow is not served'],
    ['ModelPackageConfig', 'model packages are not served'],
  ]),
  {
    member: 'SessionChainingConfig.EnableSessionTagChaining',
    why: 'session tags are not served',
    isUsed: (request) => request.SessionChainingConfig?.EnableSessionTagChaining === true,
  },
];

/** Why a request can't be honoured, in one sentence that names the member; undefined when all of it can. */
export function refusedMember(request: CreateTrainingJobRequest): string | undefined {
  const refused = refusedMembers.find((each) => each.isUsed(request));
  return refused && `${refused.member} can't be honoured by this deployment: ${refused.why}.`;
}

function topLevelMembers(
  members: readonly (readonly [keyof CreateTrainingJobRequest, string])[],
): RefusedMember[] {
  return members.map(([member, why]) => ({ member, why, isUsed: (request) => isPresent(request[member]) }));
}

function resourceMembers(
  members: readonly (readonly [keyof NonNullable<CreateTrainingJobRequest['ResourceConfig']>, string])[],
): RefusedMember[] {
  return members.map(([member, why]) => ({
    member: `ResourceConfig.${member}`,
    why,
    isUsed: (request) => isPresent(request.ResourceConfig?.[member]),
  }));
}

/** An empty list asks for nothing. */
const isPresent = (value: unknown): boolean =>
  value !== undefined && !(Array.isArray(value) && value.length === 0);
