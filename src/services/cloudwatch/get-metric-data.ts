import { aggregate } from '../../metrics/aggregate.ts';
import { evaluate } from '../../metrics/metric-math.ts';
import { periodsIn, windowOf } from '../../metrics/periods.ts';
import { validation } from '../../model/errors.ts';
import type {
  GetMetricDataInput,
  GetMetricDataOutput,
  MetricDataResult,
  ScanBy,
} from '../../model/types.generated.ts';
import { encodePageToken } from '../sagemaker/page-token.ts';
import type { Operation } from '../service.ts';
import type { CloudWatchContext } from './context.ts';
import { type Query, readQueries } from './metric-queries.ts';
import { cursorOf } from './next-token.ts';
import { findSeries } from './series.ts';

/** The most datapoints of a page, which is how many it has where the request does not say. */
const MOST_DATAPOINTS = 100_800;

/** Where a page goes on: in the results of that query, after that time (in epoch seconds), if it had begun. */
type PageCursor = readonly [query: number] | readonly [query: number, after: number];

/** Values by the beginning of their period, in epoch seconds. */
type Values = ReadonlyMap<number, number>;

export const getMetricData = (context: CloudWatchContext): Operation<GetMetricDataInput> => ({
  input: 'GetMetricDataInput',
  run(input): GetMetricDataOutput {
    const { NextToken, ...request } = input;
    refuseRequest(input);
    const queries = readQueries(input.MetricDataQueries, context.account);
    const after = cursorOf<PageCursor>(NextToken, request);
    const data = new QueryValues(queries, context, input);
    const { results, next } = pageOf(queries, data, after, input);
    return {
      MetricDataResults: results,
      NextToken: next && encodePageToken(next, request),
      Messages: [],
    };
  },
});

function refuseRequest({ StartTime, EndTime, MaxDatapoints, LabelOptions }: GetMetricDataInput): void {
  if (StartTime >= EndTime)
    throw validation('The parameter StartTime must be less than the parameter EndTime.');
  if (MaxDatapoints !== undefined && (MaxDatapoints < 1 || MaxDatapoints > MOST_DATAPOINTS))
    throw validation(`The parameter MaxDatapoints must be between 1 and ${MOST_DATAPOINTS}.`);
  if (LabelOptions !== undefined)
    throw validation("LabelOptions can't be honoured by this server: dynamic labels are not served.");
}

/** The values of each query, worked out when they are first asked for. */
class QueryValues {
  readonly #queries: ReadonlyMap<string, Query>;
  readonly #context: CloudWatchContext;
  readonly #input: GetMetricDataInput;
  readonly #known = new Map<string, Values>();

  constructor(queries: readonly Query[], context: CloudWatchContext, input: GetMetricDataInput) {
    this.#queries = new Map(queries.map((query) => [query.id, query]));
    this.#context = context;
    this.#input = input;
  }

  of(query: Query): Values {
    const known = this.#known.get(query.id);
    if (known) return known;
    const values = query.kind === 'metric' ? this.#metric(query) : this.#math(query);
    this.#known.set(query.id, values);
    return values;
  }

  #metric({ metric, statistic }: Extract<Query, { kind: 'metric' }>): Values {
    const { StartTime, EndTime } = this.#input;
    const series = findSeries(this.#context.database, metric.Metric);
    if (!series || (metric.Unit !== undefined && metric.Unit !== series.unit)) return new Map();
    const window = windowOf(StartTime, EndTime, metric.Period, this.#context.clock.now() / 1000);
    if (periodsIn(window) < 1) return new Map();
    const buckets = aggregate(series.points(window.start * 1000, window.end * 1000), window);
    return new Map(buckets.map(({ start, values }) => [start, statistic(values)]));
  }

  /** Where all of its operands have a value, and it has one. */
  #math({ expression, ids }: Extract<Query, { kind: 'math' }>): Values {
    const operands = new Map(ids.map((id) => [id, this.#byId(id)]));
    const [first, ...others] = operands.values();
    const values = new Map<number, number>();
    for (const at of first?.keys() ?? []) {
      if (!others.every((each) => each.has(at))) continue;
      const value = evaluate(expression, (id) => operands.get(id)?.get(at) ?? Number.NaN);
      if (Number.isFinite(value)) values.set(at, value);
    }
    return values;
  }

  #byId(id: string): Values {
    const query = this.#queries.get(id);
    return query ? this.of(query) : new Map();
  }
}

/** The results from the cursor on, with as many datapoints as fit a page. */
function pageOf(
  queries: readonly Query[],
  data: QueryValues,
  [from, after]: PageCursor = [0],
  { MaxDatapoints: most = MOST_DATAPOINTS, ScanBy }: GetMetricDataInput,
): { readonly results: readonly MetricDataResult[]; readonly next?: PageCursor } {
  const results: MetricDataResult[] = [];
  let left = most;
  for (const [index, query] of queries.entries()) {
    if (index < from || !query.isReturned) continue;
    if (left === 0) return { results, next: [index] };
    const all = scanned(data.of(query), ScanBy);
    const begin = index === from && after !== undefined ? placeAfter(all, after, ScanBy) : 0;
    const taken = all.slice(begin, begin + left);
    const isPartial = begin + taken.length < all.length;
    left -= taken.length;
    results.push({
      Id: query.id,
      Label: query.label,
      Timestamps: taken.map(([at]) => at),
      Values: taken.map(([, value]) => value),
      StatusCode: isPartial ? 'PartialData' : 'Complete',
    });
    const last = taken.at(-1);
    if (isPartial && last) return { results, next: [index, last[0]] };
  }
  return { results };
}

const isAscending = (scanBy: ScanBy | undefined) => scanBy === 'TimestampAscending';

const scanned = (values: Values, scanBy: ScanBy | undefined): readonly (readonly [number, number])[] =>
  [...values].sort(([one], [other]) => (isAscending(scanBy) ? one - other : other - one));

/** The first place after a time, in the order of the scan: what came in since does not move it. */
function placeAfter(
  scan: readonly (readonly [number, number])[],
  after: number,
  scanBy: ScanBy | undefined,
): number {
  const found = scan.findIndex(([at]) => (isAscending(scanBy) ? at > after : at < after));
  return found < 0 ? scan.length : found;
}
