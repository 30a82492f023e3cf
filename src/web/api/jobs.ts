import { validation } from '../../model/errors.ts';
import { trainingJobArn } from '../../services/sagemaker/context.ts';
import { findJob } from '../../store/jobs/find-job.ts';
import { type JobCursor, type JobOrder, type JobQuery, listJobs } from '../../store/jobs/list-jobs.ts';
import { tagsOf } from '../../store/tags/tags.ts';
import type { Job } from '../../training/job.ts';
import type { PageCall, PageContext } from '../page-context.ts';
import { numberOf } from '../page-context.ts';
import { type JobRow, jobRow } from './job-row.ts';
import { compileSearch } from './job-search.ts';

const PAGE = 200;
/** A page that has to look into jobs looks into no more, so that others are served meanwhile; the client asks for the next. */
const LOOKS_INTO = 1000;

/** A page of the table. `next`: where to go on; the page may be short, or empty, and yet have one. */
export interface JobsPage {
  readonly jobs: readonly JobRow[];
  readonly next?: string;
}

/** The jobs that pass the filters `status`, `secondary`, `type`, `spot` and the search `q`, newest first or by `order`. */
export function listRows(context: PageContext, { query }: PageCall): JobsPage {
  const { database } = context;
  const accepts = filterOf(context, query);
  const page = listJobs(database, {
    orderBy: query.get('order') === 'name' ? ('Name' satisfies JobOrder) : 'CreationTime',
    descending: (query.get('direction') ?? 'descending') === 'descending',
    limit: Math.min(numberOf(query, 'limit', PAGE), PAGE),
    ...optional('after', cursorOf(query.get('after'))),
    ...optional('status', query.get('status') ?? undefined),
    ...optional('accepts', accepts),
    ...(accepts && { looksAt: LOOKS_INTO }),
  });
  return {
    jobs: page.jobs.flatMap(({ arn }) => rowOf(context, arn)),
    ...(page.next && { next: JSON.stringify(page.next) }),
  };
}

/** The rows of the jobs that are named, as they are now; those that are gone are left out. */
export const namedRows = (context: PageContext, { query }: PageCall): JobsPage => ({
  jobs: query
    .getAll('job')
    .slice(0, PAGE)
    .flatMap((name) => rowOf(context, trainingJobArn(context, name))),
});

function rowOf({ database }: PageContext, arn: string): JobRow[] {
  const stored = findJob(database, arn);
  return stored ? [jobRow(database, stored)] : [];
}

/** What has to be looked up in the job itself; undefined when nothing has. */
function filterOf({ database }: PageContext, query: URLSearchParams): JobQuery['accepts'] {
  const conditions: ((job: Job, arn: string) => boolean)[] = [];
  const secondary = query.get('secondary');
  if (secondary !== null) conditions.push((job) => job.secondaryStatus === secondary);
  const type = query.get('type');
  if (type !== null) conditions.push(({ request }) => typesOf(request.ResourceConfig).includes(type));
  const spot = query.get('spot');
  if (spot !== null)
    conditions.push(({ request }) => (request.EnableManagedSpotTraining ?? false) === (spot === 'true'));
  const search = query.get('q')?.trim();
  if (search) {
    const matches = compileSearch(search);
    conditions.push((job, arn) => matches(job, () => tagsOf(database, arn)));
  }
  if (conditions.length === 0) return undefined;
  return ({ arn }) => {
    const stored = findJob(database, arn);
    return stored !== undefined && conditions.every((holds) => holds(stored.job, arn));
  };
}

const typesOf = (resources: Job['request']['ResourceConfig']): (string | undefined)[] => [
  resources?.InstanceType,
  ...(resources?.InstanceGroups ?? []).map((group) => group.InstanceType),
];

function cursorOf(text: string | null): JobCursor | undefined {
  if (text === null) return undefined;
  try {
    const cursor: unknown = JSON.parse(text);
    if (Array.isArray(cursor) && cursor.length === 2 && cursor.every(isPlain)) return cursor;
  } catch {
    // Told below.
  }
  throw validation("The parameter 'after' is not a place in the list.");
}

const isPlain = (value: unknown): value is string | number =>
  typeof value === 'string' || typeof value === 'number';

const optional = <Name extends string, Value>(name: Name, value: Value | undefined) =>
  (value === undefined ? {} : { [name]: value }) as { readonly [K in Name]?: Value };
