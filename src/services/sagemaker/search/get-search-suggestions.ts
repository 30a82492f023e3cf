import type {
  GetSearchSuggestionsRequest,
  GetSearchSuggestionsResponse,
} from '../../../model/types.generated.ts';
import { scanJobs } from '../../../store/jobs/scan-jobs.ts';
import { tagsOf } from '../../../store/tags/tags.ts';
import type { SageMakerContext } from '../context.ts';
import { propertyNames } from './properties.ts';
import { requireTrainingJobs } from './resource.ts';

const MOST_SUGGESTIONS = 100;
/** Names of hyperparameters, metrics and tags are those of so many jobs that changed last. */
const JOBS_LOOKED_AT = 100;

/** Names of properties that begin with the hint, in order. */
export function getSearchSuggestions(
  context: SageMakerContext,
  { Resource, SuggestionQuery }: GetSearchSuggestionsRequest,
): GetSearchSuggestionsResponse {
  requireTrainingJobs(Resource);
  const hint = SuggestionQuery?.PropertyNameQuery?.PropertyNameHint ?? '';
  const names = new Set([...propertyNames(), ...namesInJobs(context)]);
  const suggested = [...names].filter((name) => name.startsWith(hint)).sort();
  return {
    PropertyNameSuggestions: suggested.slice(0, MOST_SUGGESTIONS).map((PropertyName) => ({ PropertyName })),
  };
}

function namesInJobs(context: SageMakerContext): readonly string[] {
  const jobs = scanJobs(context.database, { order: 'modification', descending: true, limit: JOBS_LOOKED_AT });
  return jobs.flatMap(({ id, job }) => [
    ...Object.keys(job.request.HyperParameters ?? {}).map((name) => `HyperParameters.${name}`),
    ...context.finalMetrics(id).map(({ MetricName }) => `Metrics.${MetricName}`),
    ...tagsOf(context.database, job.arn).map(({ Key }) => `Tags.${Key}`),
  ]);
}
