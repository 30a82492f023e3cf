import { type Expression, idsIn, parseMath, UnknownMath } from '../../metrics/metric-math.ts';
import { isPeriod } from '../../metrics/periods.ts';
import { type Statistic, statistic } from '../../metrics/statistics.ts';
import { validation } from '../../model/errors.ts';
import type { MetricDataQuery, MetricStat } from '../../model/types.generated.ts';

/** One query of GetMetricData: a metric, or an expression over other queries. */
export type Query = { readonly id: string; readonly label: string; readonly isReturned: boolean } & (
  | { readonly kind: 'metric'; readonly metric: MetricStat; readonly statistic: Statistic }
  | { readonly kind: 'math'; readonly expression: Expression; readonly ids: readonly string[] }
);

const MOST_QUERIES = 500;
const ID = /^[a-z]\w*$/;

/** The queries of a request, in its order. Throws a `ValidationException` that names what can't be honoured. */
export function readQueries(given: readonly MetricDataQuery[], account: string): readonly Query[] {
  if (given.length === 0 || given.length > MOST_QUERIES)
    throw validation(`The parameter MetricDataQueries must have between 1 and ${MOST_QUERIES} elements.`);
  const ids = new Set(given.map(({ Id }) => Id));
  if (ids.size < given.length) throw validation('The values of Id in MetricDataQueries must be unique.');
  const queries = given.map((query) => readQuery(query, account));
  refuseUnknownIds(queries, ids);
  refuseCycles(queries);
  if (!queries.some(({ isReturned }) => isReturned))
    throw validation('At least one element of MetricDataQueries must have ReturnData true.');
  return queries;
}

function readQuery(query: MetricDataQuery, account: string): Query {
  const { Id: id, MetricStat: metric, Expression, Label, ReturnData: isReturned = true } = query;
  if (!ID.test(id))
    throw validation(`The Id ${id} must begin with a small letter and have only letters, digits and _.`);
  if ((metric === undefined) === (Expression === undefined))
    throw validation(`The query ${id} must have either MetricStat or Expression.`);
  if (query.AccountId !== undefined && query.AccountId !== account)
    throw validation(
      `The query ${id} names the account ${query.AccountId}: metrics of this account are served.`,
    );
  if (Label?.includes('${'))
    throw validation(`The label of the query ${id} is dynamic: dynamic labels are not served.`);
  if (metric !== undefined) return readMetric({ id, isReturned }, metric, Label);
  const expression = readExpression(id, Expression ?? '');
  return { id, label: Label ?? id, isReturned, kind: 'math', expression, ids: [...idsIn(expression)] };
}

function readMetric(
  { id, isReturned }: Pick<Query, 'id' | 'isReturned'>,
  metric: MetricStat,
  label = metric.Metric.MetricName ?? id,
): Query {
  const { Period, Stat } = metric;
  if (!isPeriod(Period))
    throw validation(`The Period of the query ${id} must be 1, 5, 10, 20, 30 or a multiple of 60.`);
  const found = statistic(Stat);
  if (!found)
    throw validation(
      `The statistic ${Stat} of the query ${id} is not served: SampleCount, Sum, Average, Minimum, Maximum and percentiles (p0 to p100) are.`,
    );
  return { id, label, isReturned, kind: 'metric', metric, statistic: found };
}

function readExpression(id: string, text: string): Expression {
  try {
    const expression = parseMath(text);
    if (idsIn(expression).size > 0) return expression;
    throw new UnknownMath('It names no other query.');
  } catch (error) {
    if (!(error instanceof UnknownMath)) throw error;
    throw validation(`The Expression of the query ${id} can't be honoured by this server. ${error.message}`);
  }
}

function refuseUnknownIds(queries: readonly Query[], ids: ReadonlySet<string>): void {
  for (const query of queries) {
    const unknown = query.kind === 'math' ? query.ids.find((each) => !ids.has(each)) : undefined;
    if (unknown !== undefined)
      throw validation(`The Expression of the query ${query.id} names ${unknown}, which is no query's Id.`);
  }
}

/** Takes away what stands on nothing that is left, until nothing does. */
function refuseCycles(queries: readonly Query[]): void {
  let left = queries.filter((query) => query.kind === 'math');
  for (;;) {
    const names = new Set(left.map(({ id }) => id));
    const standing = left.filter(({ ids }) => ids.some((each) => names.has(each)));
    if (standing.length === left.length) break;
    left = standing;
  }
  const [first] = left;
  if (first) throw validation(`The Expression of the query ${first.id} comes back to itself.`);
}
