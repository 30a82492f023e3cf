import { validation } from '../../model/errors.ts';
import type { ListTrainingJobsRequest, ListTrainingJobsResponse } from '../../model/types.generated.ts';
import { type JobCursor, type JobQuery, listJobs } from '../../store/jobs/list-jobs.ts';
import { summarize } from '../../training/describe.ts';
import type { SageMakerContext } from './context.ts';
import { decodePageToken, encodePageToken } from './page-token.ts';

/** The page size when the request names none (training contract §0.1: not documented; the tuning lists' 10). */
const DEFAULT_PAGE = 10;

export function listTrainingJobs(
  context: SageMakerContext,
  request: ListTrainingJobsRequest,
): ListTrainingJobsResponse {
  const { NextToken, MaxResults, ...filters } = request;
  // No job here has a training plan, so a list of those that do is empty.
  if (request.TrainingPlanArnEquals) return { TrainingJobSummaries: [] };
  const after = NextToken === undefined ? undefined : decodePageToken<JobCursor>(NextToken, filters);
  const page = listJobs(context.database, toQuery(request, after));
  return {
    TrainingJobSummaries: page.jobs.map(summarize),
    NextToken: page.next && encodePageToken(page.next, filters),
  };
}

function toQuery(request: ListTrainingJobsRequest, after: JobCursor | undefined): JobQuery {
  if (
    request.CreationTimeAfter !== undefined &&
    (request.CreationTimeBefore ?? Number.POSITIVE_INFINITY) < request.CreationTimeAfter
  ) {
    throw validation('CreationTimeAfter must not be later than CreationTimeBefore');
  }
  const orderBy = request.SortBy ?? 'CreationTime';
  return withoutUndefined({
    orderBy,
    descending: request.SortOrder === 'Descending',
    limit: request.MaxResults ?? DEFAULT_PAGE,
    after,
    createdAfter: milliseconds(request.CreationTimeAfter),
    createdBefore: milliseconds(request.CreationTimeBefore),
    modifiedAfter: milliseconds(request.LastModifiedTimeAfter),
    modifiedBefore: milliseconds(request.LastModifiedTimeBefore),
    nameContains: request.NameContains,
    status: request.StatusEquals,
    warmPoolStatus: request.WarmPoolStatusEquals,
  });
}

const milliseconds = (seconds: number | undefined): number | undefined =>
  seconds === undefined ? undefined : seconds * 1000;

function withoutUndefined(query: { [K in keyof JobQuery]: JobQuery[K] | undefined }): JobQuery {
  return Object.fromEntries(
    Object.entries(query).filter(([, value]) => value !== undefined),
  ) as unknown as JobQuery;
}
