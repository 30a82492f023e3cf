import type { Channel, DescribeTrainingJobResponse } from '../../model/types.generated.ts';
import { RUN_ENTRYPOINT } from '../running/run-entrypoint.ts';
import { type Screen, statusLook } from '../screen/style.ts';
import { table } from '../screen/table.ts';
import { age, cut, duration, folded, metricValue, oneLine } from '../screen/text.ts';
import { hasEnded } from './ended.ts';
import { instancesOf } from './job-table.ts';

const LABEL = 12;

/** A line of a job: what it is called, and what it says. */
type Fact = readonly [label: string, text: string];

/** What `trainyard describe` says of a job, a line each; why it failed comes first. `now` in epoch seconds. */
export function description(job: DescribeTrainingJobResponse, now: number, screen: Screen): string[] {
  return [
    ...heading(job, screen),
    '',
    ...facts(overview(job, now), screen),
    ...section('STATUSES', timeline(job, now, screen), screen),
    ...section('METRICS', metrics(job, now, screen), screen),
    ...section('CHANNELS', facts((job.InputDataConfig ?? []).map(channelFact)), screen),
    ...section('HYPERPARAMETERS', facts(Object.entries(job.HyperParameters ?? {}), screen), screen),
    ...section('ARTIFACTS', facts(artifacts(job)), screen),
  ];
}

function heading(job: DescribeTrainingJobResponse, { style, width }: Screen): string[] {
  const {
    TrainingJobName: name,
    TrainingJobStatus: status,
    SecondaryStatus: secondary,
    FailureReason: why,
  } = job;
  const shown = secondary === status ? status : `${status} / ${secondary}`;
  const title = `${style('bold', name)}  ${style(statusLook(status), shown)}`;
  return why ? [title, ...wrapped(why, width).map((line) => style('red', line))] : [title];
}

function overview(job: DescribeTrainingJobResponse, now: number): Fact[] {
  const { TrainingImage: image } = job.AlgorithmSpecification ?? {};
  const command = commandOf(job);
  const spot = job.EnableManagedSpotTraining ? ' (spot)' : '';
  const optional: readonly (Fact | undefined)[] = [
    ['created', `${timeOf(job.CreationTime)}, ${age(now - job.CreationTime)} ago`],
    ['instances', `${instancesOf(job)}${spot}`],
    image === undefined ? undefined : ['image', image],
    command === '' ? undefined : ['command', command],
    job.RoleArn === undefined ? undefined : ['role', job.RoleArn],
    job.TrainingTimeInSeconds === undefined
      ? undefined
      : ['training', secondsText(job.TrainingTimeInSeconds)],
    job.BillableTimeInSeconds === undefined
      ? undefined
      : ['billable', secondsText(job.BillableTimeInSeconds)],
  ];
  return optional.filter((fact) => fact !== undefined);
}

/** What was counted, and where there are many, how long that is: `64 seconds (1m04s)`. */
function secondsText(count: number): string {
  const text = `${count} ${count === 1 ? 'second' : 'seconds'}`;
  return count < 60 ? text : `${text} (${duration(count)})`;
}

/** As a person would type it. Of a job that `trainyard run` made it is what was run: how it got to its code is always the same. */
function commandOf({ AlgorithmSpecification: algorithm }: DescribeTrainingJobResponse): string {
  const { ContainerEntrypoint: start = [], ContainerArguments: words = [] } = algorithm ?? {};
  const isRun = start.join('\0') === RUN_ENTRYPOINT.join('\0');
  const command = (isRun ? words : [...start, ...words]).map(quoted).join(' ');
  return isRun ? `${command}  (in the code's folder)` : command;
}

function timeline(job: DescribeTrainingJobResponse, now: number, screen: Screen): string[] {
  const isOver = hasEnded(job.TrainingJobStatus);
  return table(
    job.SecondaryStatusTransitions ?? [],
    [
      { title: 'AT', text: ({ StartTime }) => `+${duration(StartTime - job.CreationTime)}`, right: true },
      { title: 'STATUS', text: ({ Status }) => Status, look: ({ Status }) => statusLook(Status) },
      {
        title: 'FOR',
        text: ({ StartTime, EndTime }) => duration((EndTime ?? (isOver ? StartTime : now)) - StartTime),
        right: true,
      },
      { title: 'MESSAGE', text: ({ StatusMessage }) => StatusMessage ?? '', least: 8 },
    ],
    inner(screen),
  );
}

function metrics(job: DescribeTrainingJobResponse, now: number, screen: Screen): string[] {
  const last = job.FinalMetricDataList ?? [];
  if (last.length === 0) return [];
  return table(
    last,
    [
      { title: 'NAME', text: ({ MetricName }) => MetricName ?? '', least: 8 },
      { title: 'VALUE', text: ({ Value }) => metricValue(Value ?? Number.NaN), right: true },
      {
        title: 'AGE',
        text: ({ Timestamp }) => (Timestamp === undefined ? '' : age(now - Timestamp)),
        right: true,
      },
    ],
    inner(screen),
  );
}

function channelFact({ ChannelName: name, DataSource: source, InputMode: mode }: Channel): Fact {
  const { S3DataSource: s3, FileSystemDataSource: folder } = source;
  const from = s3?.S3Uri ?? `${folder?.FileSystemId ?? ''}${folder?.DirectoryPath ?? ''}`;
  return [name, mode ? `${from} (${mode})` : from];
}

/** What is there only at the end is named before it: so is said where the job is not over. */
function artifacts(job: DescribeTrainingJobResponse): Fact[] {
  const checkpoints = job.CheckpointConfig?.S3Uri;
  return [
    ['model', job.ModelArtifacts.S3ModelArtifacts],
    ...(checkpoints === undefined ? [] : [['checkpoints', checkpoints] as const]),
  ];
}

function section(title: string, lines: readonly string[], { style }: Screen): string[] {
  return lines.length === 0 ? [] : ['', style('dim', title), ...lines.map((line) => `  ${line}`)];
}

const inner = (screen: Screen): Screen => ({
  ...screen,
  width: screen.width === undefined ? undefined : Math.max(1, screen.width - 2),
});

/** Without a screen they are whole: what is to be copied must not be cut. */
function facts(all: readonly Fact[], { width }: Partial<Screen> = {}): string[] {
  const label = Math.max(LABEL, ...all.map(([name]) => Math.min(24, name.length + 2)));
  return all.map(([name, text]) => {
    const line = `${name.padEnd(label)}${name.length >= label ? ' ' : ''}${oneLine(text)}`;
    return width === undefined ? line : cut(line, width - 2);
  });
}

/** A reason is shown whole, however long: in lines at spaces where there is a width. */
function wrapped(text: string, width: number | undefined): string[] {
  return text.split('\n').flatMap((line) => (width === undefined ? [line] : folded(oneLine(line), width)));
}

/** In the machine's own time zone, to the second. */
function timeOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  return (
    `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ` +
    `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  );
}

/** As a shell would be given it. */
const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
