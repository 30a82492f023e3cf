import type { ComponentChildren } from 'preact';
import type { DescribeTrainingJobResponse } from '../../src/model/types.generated.ts';
import type { JobDetails } from '../../src/web/api/job-details.ts';
import { call } from '../server/ask.ts';
import { useLoaded } from '../server/use-loaded.ts';
import { formatDuration } from '../ui/format.ts';
import { WhenLoaded } from '../ui/states.tsx';
import { Channels } from './channels.tsx';
import { InstanceGroups } from './instance-groups.tsx';
import { membersOf, Pairs, shownValue } from './pairs.tsx';

/** Members that have a place of their own below, or are shown elsewhere. What is not among them is shown as it is. */
const SHOWN = new Set([
  ...['TrainingJobName', 'RoleArn', 'Tags', 'HyperParameters', 'Environment', 'InputDataConfig'],
  ...['AlgorithmSpecification', 'ResourceConfig', 'StoppingCondition', 'RetryStrategy', 'OutputDataConfig'],
  ...['EnableManagedSpotTraining', 'EnableNetworkIsolation', 'EnableInterContainerTrafficEncryption'],
  ...['VpcConfig', 'CheckpointConfig', 'TensorBoardOutputConfig', 'RemoteDebugConfig', 'ProfilerConfig'],
  ...['DebugHookConfig', 'InfraCheckConfig'],
]);

/** What the job was given, and what of it was changed since: its channels, hyperparameters, environment, and how it runs. */
export function Configuration({ job }: { readonly job: JobDetails }) {
  const described = useLoaded(
    () =>
      call<DescribeTrainingJobResponse>('sagemaker', 'DescribeTrainingJob', {
        TrainingJobName: job.row.name,
      }),
    [job.row.name, job.facts.length],
  );
  return <WhenLoaded of={described}>{(now) => <Members job={job} now={now} />}</WhenLoaded>;
}

interface MembersProps {
  readonly job: JobDetails;
  /** What can change while the job runs is taken from here. */
  readonly now: DescribeTrainingJobResponse;
}

function Members({ job: { request }, now }: MembersProps) {
  const {
    TrainingImage,
    AlgorithmName,
    MetricDefinitions = [],
    ...algorithm
  } = request.AlgorithmSpecification ?? {};
  const { InstanceGroups: groups, KeepAlivePeriodInSeconds: _, ...resources } = request.ResourceConfig ?? {};
  const rest = Object.entries(request).filter(([name]) => !SHOWN.has(name));
  return (
    <div class="columns">
      <Group title="Hyperparameters">
        <Pairs of={request.HyperParameters} />
      </Group>
      <Group title="Environment">
        <Pairs of={request.Environment} />
      </Group>
      <Group title="Channels" isWhole>
        <Channels channels={request.InputDataConfig ?? []} />
      </Group>
      {groups && (
        <Group title="Instance groups" isWhole>
          <InstanceGroups groups={groups} />
        </Group>
      )}
      <Group title="Instances">
        <Pairs
          of={{
            ...membersOf(resources),
            KeepAlivePeriodInSeconds: shownValue(now.ResourceConfig?.KeepAlivePeriodInSeconds),
            Spot: shownValue(request.EnableManagedSpotTraining ?? false),
            'Checked first': shownValue(request.InfraCheckConfig?.EnableInfraCheck),
          }}
        />
      </Group>
      <Group title="Limits">
        <Pairs
          of={{
            ...durationsOf(request.StoppingCondition),
            'Attempts in case of our faults': shownValue(request.RetryStrategy?.MaximumRetryAttempts),
          }}
        />
      </Group>
      <Group title="Algorithm">
        <Pairs
          of={{
            Algorithm: shownValue(AlgorithmName),
            Image: shownValue(TrainingImage),
            ...membersOf(algorithm),
          }}
        />
      </Group>
      <Group title="Metric definitions">
        <Pairs of={Object.fromEntries(MetricDefinitions.map(({ Name, Regex }) => [Name, Regex]))} />
      </Group>
      <Group title="Output">
        <Pairs
          of={{
            ...membersOf(request.OutputDataConfig),
            Checkpoints: shownValue(request.CheckpointConfig?.S3Uri),
            'Checkpoints in the job': shownValue(request.CheckpointConfig?.LocalPath),
            TensorBoard: shownValue(request.TensorBoardOutputConfig?.S3OutputPath),
            'TensorBoard in the job': shownValue(request.TensorBoardOutputConfig?.LocalPath),
          }}
        />
      </Group>
      <Group title="Network">
        <Pairs
          of={{
            Isolated: shownValue(request.EnableNetworkIsolation ?? false),
            'Encrypted between instances': shownValue(request.EnableInterContainerTrafficEncryption),
            ...membersOf(request.VpcConfig),
          }}
        />
      </Group>
      <Group title="Profiler">
        <Pairs of={{ Status: shownValue(now.ProfilingStatus), ...membersOf(now.ProfilerConfig) }} />
      </Group>
      <Group title="Debugging">
        <Pairs
          of={{
            'Sessions (trainyard exec)': shownValue(now.RemoteDebugConfig?.EnableRemoteDebug ?? false),
            ...membersOf(request.DebugHookConfig),
          }}
        />
      </Group>
      <Group title="Role">
        <p>
          <code class="breaks">{request.RoleArn}</code>
        </p>
      </Group>
      {rest.length > 0 && (
        <Group title="Further">
          <Pairs of={membersOf(Object.fromEntries(rest))} />
        </Group>
      )}
    </div>
  );
}

interface GroupProps {
  readonly title: string;
  readonly isWhole?: boolean;
  readonly children: ComponentChildren;
}

const Group = ({ title, isWhole = false, children }: GroupProps) => (
  <section class={isWhole ? 'whole' : ''}>
    <h2>{title}</h2>
    {children}
  </section>
);

/** `MaxRuntimeInSeconds: 3600` as `Max runtime: 1 h 00 min`. */
const durationsOf = (condition: object = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(condition).map(([name, seconds]) => [
      name.replace(/InSeconds$/, ''),
      formatDuration(Number(seconds) * 1000, 'whole'),
    ]),
  );
