import { validation } from '../../../model/errors.ts';
import type { SearchRequest, SearchResponse } from '../../../model/types.generated.ts';
import type { Database } from '../../../store/database.ts';
import { type Scan, type ScannedJob, type ScanOrder, scanJobs } from '../../../store/jobs/scan-jobs.ts';
import type { SageMakerContext } from '../context.ts';
import { decodePageToken, encodePageToken } from '../page-token.ts';
import { expressionTest } from './expression.ts';
import { searchedRecord, toldRecord } from './record.ts';
import { requireTrainingJobs } from './resource.ts';

const DEFAULT_PAGE = 10;
/** A page looks at no more jobs than these: a search that hardly any job passes gives short or empty pages with a token. */
const JOBS_PER_PAGE = 1_000;
/** So many are read from the store at once. */
const JOBS_AT_ONCE = 100;

const ORDERS: ReadonlyMap<string, ScanOrder> = new Map([
  ['LastModifiedTime', 'modification'],
  ['CreationTime', 'creation'],
  ['TrainingJobName', 'name'],
  ['TrainingJobStatus', 'status'],
]);

/** How many were found on the pages before, and the place of the last job that was looked at. */
type PageCursor = readonly [found: number, ...place: (string | number)[]];

/** Looks for jobs (training contract §4.7, wire API §8). */
export function search(context: SageMakerContext, request: SearchRequest): SearchResponse {
  requireTrainingJobs(request.Resource);
  refuseMembers(request);
  const { NextToken, MaxResults = DEFAULT_PAGE, ...of } = request;
  const passes = expressionTest(request.SearchExpression ?? {});
  const [before, ...after]: PageCursor =
    NextToken === undefined ? [0] : decodePageToken<PageCursor>(NextToken, of);
  const jobs = scan(context.database, {
    order: orderOf(request),
    descending: request.SortOrder !== 'Ascending',
    ...(after.length > 0 && { after }),
  });
  const { found, last } = firstOf(jobs, (job) => passes(searchedRecord(context, job)), MaxResults);
  const hits = before + found.length;
  return {
    Results: found.map((job) => ({ TrainingJob: toldRecord(context, job) })),
    NextToken: last && encodePageToken([hits, ...last.place] satisfies PageCursor, of),
    // All would have to be looked at to count them.
    TotalHits: { Value: hits, Relation: last ? 'GreaterThanOrEqualTo' : 'EqualTo' },
  };
}

interface Found {
  readonly found: readonly ScannedJob[];
  /** Where to go on, unless all were looked at. */
  readonly last?: ScannedJob;
}

function firstOf(jobs: Iterable<ScannedJob>, passes: (job: ScannedJob) => boolean, most: number): Found {
  const found: ScannedJob[] = [];
  let last: ScannedJob | undefined;
  let looked = 0;
  for (const job of jobs) {
    if (last && (found.length === most || looked === JOBS_PER_PAGE)) return { found, last };
    if (passes(job)) found.push(job);
    last = job;
    looked++;
  }
  return { found };
}

function* scan(database: Database, from: Omit<Scan, 'limit'>): Generator<ScannedJob> {
  let { after } = from;
  for (;;) {
    const jobs = scanJobs(database, { ...from, after, limit: JOBS_AT_ONCE });
    yield* jobs;
    after = jobs.at(-1)?.place;
    if (jobs.length < JOBS_AT_ONCE) return;
  }
}

function orderOf({ SortBy = 'LastModifiedTime' }: SearchRequest): ScanOrder {
  const order = ORDERS.get(SortBy);
  if (order) return order;
  const served = [...ORDERS.keys()].join(', ');
  throw validation(`SortBy ${SortBy} can't be honoured by this deployment: jobs are sorted by ${served}.`);
}

function refuseMembers({ CrossAccountFilterOption, VisibilityConditions }: SearchRequest): void {
  if (CrossAccountFilterOption === 'CrossAccount')
    throw validation("CrossAccountFilterOption CrossAccount can't be honoured: there is one account.");
  if (VisibilityConditions !== undefined)
    throw validation("VisibilityConditions can't be honoured by this deployment: they are not served.");
}
