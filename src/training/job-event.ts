import type { DescribeTrainingJobResponse, MetricData, Tag } from '../model/types.generated.ts';
import { describe } from './describe.ts';
import type { Job } from './job.ts';

/** An event in the shape of EventBridge's (training contract §12). */
export interface JobEvent {
  readonly version: '0';
  /** A UUID: the same however often the event is sent. */
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601, whole seconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

export const STATUS_CHANGE = 'SageMaker Training Job State Change';

/** Whether a client sees another status, primary or secondary. `before` is absent for a new job. */
export const changesStatus = (before: Job | undefined, after: Job): boolean =>
  before?.status !== after.status ||
  before.secondaryStatus !== after.secondaryStatus ||
  before.transitions.length !== after.transitions.length;

/** The event of a status change: what Describe says of the job, with its tags as a map and times in epoch milliseconds. */
export function statusEvent(
  job: Job,
  about: {
    readonly id: string;
    /** Epoch milliseconds. */
    readonly at: number;
    readonly tags: readonly Tag[];
    readonly metrics: readonly MetricData[];
  },
): JobEvent {
  const described = inMilliseconds(describe(job, about.metrics));
  return jobEvent(job.arn, about, {
    source: 'aws.sagemaker',
    type: STATUS_CHANGE,
    detail: {
      ...described,
      HyperParameters: job.request.HyperParameters ?? {},
      Tags: Object.fromEntries(about.tags.map(({ Key, Value }) => [Key, Value])),
    },
  });
}

/** An event about the job of an ARN, in the account and region that the ARN names. */
export function jobEvent(
  arn: string,
  { id, at }: { readonly id: string; readonly at: number },
  { source, type, detail }: { readonly source: string; readonly type: string; readonly detail: object },
): JobEvent {
  const [, , , region = '', account = ''] = arn.split(':');
  return {
    version: '0',
    id,
    'detail-type': type,
    source,
    account,
    time: `${new Date(at).toISOString().slice(0, 19)}Z`,
    region,
    resources: [arn],
    detail: { ...detail },
  };
}

/** The members of Describe that are times, at whatever depth. */
const TIMES: ReadonlySet<string> = new Set([
  ...['CreationTime', 'TrainingStartTime', 'TrainingEndTime', 'LastModifiedTime'],
  ...['StartTime', 'EndTime', 'Timestamp'],
]);

/** What a client itself chose the names of may be called like a time. */
const MEMBERS_WITH_TIMES = ['SecondaryStatusTransitions', 'FinalMetricDataList'] as const;

function inMilliseconds(described: DescribeTrainingJobResponse): Record<string, unknown> {
  const converted: Record<string, unknown> = convertTimes(described);
  for (const member of MEMBERS_WITH_TIMES) {
    const list = described[member];
    if (list) converted[member] = list.map((each) => convertTimes(each));
  }
  return converted;
}

const convertTimes = (structure: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(structure).map(([name, value]) =>
      TIMES.has(name) && typeof value === 'number' ? [name, Math.round(value * 1000)] : [name, value],
    ),
  );
