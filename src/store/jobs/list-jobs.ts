import type { PrimaryStatus, SecondaryStatus } from '../../training/lifecycle.ts';
import type { WarmPool } from '../../training/warm-pool.ts';
import type { Database } from '../database.ts';

/** What a list says of a job. Times are epoch milliseconds. */
export interface JobSummary {
  readonly id: number;
  readonly name: string;
  readonly arn: string;
  readonly status: PrimaryStatus;
  readonly secondaryStatus: SecondaryStatus;
  readonly createdAt: number;
  readonly modifiedAt: number;
  /** The end, of a job whose training had started. */
  readonly trainingEndedAt?: number;
  readonly warmPool?: WarmPool;
}

export type JobOrder = 'Name' | 'CreationTime' | 'Status';

export interface JobQuery {
  readonly orderBy: JobOrder;
  readonly descending: boolean;
  readonly limit: number;
  /** Start after this place. */
  readonly after?: JobCursor;
  /** Exclusive bounds. */
  readonly createdAfter?: number;
  readonly createdBefore?: number;
  readonly modifiedAfter?: number;
  readonly modifiedBefore?: number;
  readonly nameContains?: string;
  readonly status?: string;
  readonly warmPoolStatus?: string;
  /** Looks closer at a job that passes all else. */
  readonly accepts?: (job: JobSummary) => boolean;
  /** How many rows a page looks at, if that is fewer than most do. */
  readonly looksAt?: number;
}

/** A job's place in an order. */
export type JobCursor = readonly (string | number)[];

export interface JobPage {
  readonly jobs: readonly JobSummary[];
  /** Where to go on; absent on the last page. */
  readonly next?: JobCursor;
}

/**
 * A page looks at no more rows than this, so that a filter which hardly anything passes costs the same with 100 jobs and with
 * 1,000,000. Such a page may be short, or empty with a token, as the service's own pages may be.
 */
const ROWS_PER_PAGE = 4000;

const keys: Readonly<Record<JobOrder, readonly (keyof Row)[]>> = {
  Name: ['name', 'id'],
  CreationTime: ['created_at', 'id'],
  Status: ['status', 'created_at', 'id'],
};

interface Row {
  readonly id: number;
  readonly name: string;
  readonly arn: string;
  readonly status: PrimaryStatus;
  readonly secondary_status: SecondaryStatus;
  readonly created_at: number;
  readonly modified_at: number;
  readonly ended_at: number | null;
  readonly trained: number;
  readonly warm_pool: string | null;
}

/** One page of the jobs that pass the query's filters, by keyset: the cost does not grow with the number of jobs. */
export function listJobs(database: Database, query: JobQuery): JobPage {
  const { sql, values } = windowOf(query);
  const found: JobSummary[] = [];
  let seen = 0;
  let last: Row | undefined;
  for (const row of database
    .prepare(sql)
    .iterate(...values) as IterableIterator<unknown> as IterableIterator<Row>) {
    seen++;
    if (passes(row, query) && (query.accepts?.(summary(row)) ?? true)) {
      if (found.length === query.limit && last) return { jobs: found, next: cursorOf(last, query.orderBy) };
      found.push(summary(row));
    }
    last = row;
    if (seen === (query.looksAt ?? ROWS_PER_PAGE)) return { jobs: found, next: cursorOf(row, query.orderBy) };
  }
  return { jobs: found };
}

/** The rows from the cursor on, in the order's own index. */
function windowOf(query: JobQuery): { sql: string; values: (string | number)[] } {
  const columns = keys[query.orderBy];
  const conditions: string[] = [];
  const values: (string | number)[] = [];
  const bound = (condition: string, value: string | number | undefined) => {
    if (value === undefined) return;
    conditions.push(condition);
    values.push(value);
  };
  if (indexServesFilters(query)) {
    bound('created_at > ?', query.createdAfter);
    bound('created_at < ?', query.createdBefore);
    bound('status = ?', query.status);
  }
  if (query.after) {
    conditions.push(
      `(${columns.join(', ')}) ${query.descending ? '<' : '>'} (${columns.map(() => '?').join(', ')})`,
    );
    values.push(...query.after);
  }
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  const order = columns.map((column) => `${column} ${query.descending ? 'DESC' : 'ASC'}`).join(', ');
  const sql = `
    SELECT id, name, arn, status, secondary_status, created_at, modified_at, ended_at, trained, warm_pool
    FROM jobs ${where} ORDER BY ${order} LIMIT ${ROWS_PER_PAGE}`;
  return { sql, values };
}

/**
 * Whether the index of the order also seeks by status and creation time. Otherwise these filters must not be in the SQL: its
 * LIMIT would count only the rows that pass, and the search for them would be unbounded.
 */
const indexServesFilters = (query: JobQuery): boolean =>
  query.orderBy === 'CreationTime' || (query.orderBy === 'Status' && query.status !== undefined);

const passes = (row: Row, query: JobQuery): boolean =>
  (query.createdAfter === undefined || row.created_at > query.createdAfter) &&
  (query.createdBefore === undefined || row.created_at < query.createdBefore) &&
  (query.status === undefined || row.status === query.status) &&
  (query.modifiedAfter === undefined || row.modified_at > query.modifiedAfter) &&
  (query.modifiedBefore === undefined || row.modified_at < query.modifiedBefore) &&
  (query.nameContains === undefined || row.name.includes(query.nameContains)) &&
  (query.warmPoolStatus === undefined || warmPoolOf(row)?.status === query.warmPoolStatus);

const warmPoolOf = ({ warm_pool: json }: Row): WarmPool | undefined =>
  json === null ? undefined : (JSON.parse(json) as WarmPool);

const cursorOf = (row: Row, order: JobOrder): JobCursor =>
  keys[order].map((key) => row[key] as string | number);

const summary = (row: Row): JobSummary => ({
  id: row.id,
  name: row.name,
  arn: row.arn,
  status: row.status,
  secondaryStatus: row.secondary_status,
  createdAt: row.created_at,
  modifiedAt: row.modified_at,
  ...(row.ended_at !== null && row.trained ? { trainingEndedAt: row.ended_at } : {}),
  ...(row.warm_pool !== null && { warmPool: JSON.parse(row.warm_pool) as WarmPool }),
});
