import { instanceMetricsOf } from '../../metrics/instance-sample.ts';
import type {
  CloudWatchDimension,
  ListMetricsInput,
  ListMetricsOutput,
  Metric,
} from '../../model/types.generated.ts';
import { listAlgorithmMetrics } from '../../store/metrics/list-algorithm-metrics.ts';
import { listObservedInstances } from '../../store/metrics/list-observed-instances.ts';
import { encodePageToken } from '../sagemaker/page-token.ts';
import type { Operation } from '../service.ts';
import type { CloudWatchContext } from './context.ts';
import { cursorOf } from './next-token.ts';
import { HOST_DIMENSION, hostName, JOB_DIMENSION, NAMESPACE } from './series.ts';

const PAGE = 500;
/** What `RecentlyActive` means by recent: three hours, in milliseconds. */
const RECENT_MS = 3 * 3_600_000;

/** The last row that was looked at, of the metrics that algorithms give or of the instances, which come after them. */
type PageCursor = readonly [list: 'algorithm' | 'instance', job: string, nameOrHost: string];

interface Row {
  readonly cursor: PageCursor;
  readonly lastAt: number;
  readonly dimension: CloudWatchDimension;
  /** Of the series that have this dimension. */
  readonly metrics: readonly string[];
}

/** A page looks at a bounded number of rows: where hardly any passes the filters it is short, or empty with a token. */
export const listMetrics = (context: CloudWatchContext): Operation<ListMetricsInput> => ({
  input: 'ListMetricsInput',
  run(input): ListMetricsOutput {
    const { NextToken, ...request } = input;
    const dimension = filteredDimension(input);
    const isOurs = input.OwningAccount === undefined || input.OwningAccount === context.account;
    if ((input.Namespace ?? NAMESPACE) !== NAMESPACE || dimension === 'none' || !isOurs)
      return output([], input, context);
    const rows = rowsAfter(context, dimension, cursorOf<PageCursor>(NextToken, request));
    const since = input.RecentlyActive === undefined ? 0 : context.clock.now() - RECENT_MS;
    const metrics: Metric[] = [];
    let last: Row | undefined;
    let isWhole = true;
    for (const row of rows) {
      const found = row.lastAt < since ? [] : seriesOf(row, input.MetricName);
      if (metrics.length + found.length > PAGE) {
        isWhole = false;
        break;
      }
      metrics.push(...found);
      last = row;
    }
    const isOver = isWhole && rows.length < PAGE;
    return output(
      metrics,
      input,
      context,
      isOver || !last ? undefined : encodePageToken(last.cursor, request),
    );
  },
});

function output(
  metrics: readonly Metric[],
  { IncludeLinkedAccounts }: ListMetricsInput,
  { account }: CloudWatchContext,
  next?: string,
): ListMetricsOutput {
  return {
    Metrics: metrics,
    NextToken: next,
    // No account is linked to this one.
    ...(IncludeLinkedAccounts === true && { OwningAccounts: metrics.map(() => account) }),
  };
}

const seriesOf = ({ dimension, metrics }: Row, only: string | undefined): readonly Metric[] =>
  metrics
    .filter((name) => only === undefined || only === name)
    .map((MetricName) => ({ Namespace: NAMESPACE, MetricName, Dimensions: [dimension] }));

interface WantedDimension {
  readonly name?: string;
  readonly value?: string;
}

/** What the request's dimensions leave: every metric has exactly one. */
function filteredDimension({ Dimensions = [] }: ListMetricsInput): WantedDimension | 'none' {
  const [first, ...others] = Dimensions;
  if (first === undefined) return {};
  if (others.length > 0 || ![JOB_DIMENSION, HOST_DIMENSION].includes(first.Name)) return 'none';
  return { name: first.Name, ...(first.Value !== undefined && { value: first.Value }) };
}

/** The next rows, at most a page of them. */
function rowsAfter(context: CloudWatchContext, wanted: WantedDimension, after?: PageCursor): readonly Row[] {
  const rows: Row[] = [];
  if (wanted.name !== HOST_DIMENSION && after?.[0] !== 'instance')
    rows.push(...algorithmRows(context, wanted.value, after));
  if (wanted.name !== JOB_DIMENSION && rows.length < PAGE)
    rows.push(...instanceRows(context, wanted.value, after, PAGE - rows.length));
  return rows;
}

function algorithmRows(
  { database }: CloudWatchContext,
  jobName: string | undefined,
  after: PageCursor | undefined,
): readonly Row[] {
  const metrics = listAlgorithmMetrics(database, {
    limit: PAGE,
    ...(jobName !== undefined && { jobName }),
    ...(after && { after: { jobName: after[1], name: after[2] } }),
  });
  return metrics.map(({ jobName: job, name, lastAt }) => ({
    cursor: ['algorithm', job, name],
    lastAt,
    dimension: { Name: JOB_DIMENSION, Value: job },
    metrics: [name],
  }));
}

function instanceRows(
  { database }: CloudWatchContext,
  host: string | undefined,
  after: PageCursor | undefined,
  limit: number,
): readonly Row[] {
  const only = host === undefined ? undefined : hostName(host);
  if (host !== undefined && !only) return [];
  const instances = listObservedInstances(database, {
    limit,
    ...(only && { only }),
    ...(after?.[0] === 'instance' && { after: { jobName: after[1], host: after[2] } }),
  });
  return instances.map(({ jobName, host: name, gpus, lastAt }) => ({
    cursor: ['instance', jobName, name],
    lastAt,
    dimension: { Name: HOST_DIMENSION, Value: `${jobName}/${name}` },
    metrics: instanceMetricsOf(gpus),
  }));
}
