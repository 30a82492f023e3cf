import type {
  AddTagsInput,
  CreateAlgorithmInput,
  CreateTrainingJobRequest,
  DeleteAlgorithmInput,
  DeleteTagsInput,
  DeleteTrainingJobRequest,
  DescribeAlgorithmInput,
  DescribeTrainingJobRequest,
  GetSearchSuggestionsRequest,
  ListAlgorithmsInput,
  ListTagsInput,
  ListTrainingJobsRequest,
  SearchRequest,
  StopTrainingJobRequest,
  UpdateTrainingJobRequest,
} from '../../model/types.generated.ts';
import type { Operation, Service } from '../service.ts';
import { createAlgorithm } from './algorithms/create-algorithm.ts';
import { deleteAlgorithm } from './algorithms/delete-algorithm.ts';
import { describeAlgorithm } from './algorithms/describe-algorithm.ts';
import { listAlgorithms } from './algorithms/list-algorithms.ts';
import type { SageMakerContext } from './context.ts';
import { createTrainingJob } from './create-training-job.ts';
import { deleteTrainingJob } from './delete-training-job.ts';
import { describeTrainingJob } from './describe-training-job.ts';
import { listTrainingJobs } from './list-training-jobs.ts';
import { getSearchSuggestions } from './search/get-search-suggestions.ts';
import { search } from './search/search.ts';
import { stopTrainingJob } from './stop-training-job.ts';
import { addTags, deleteTags, listTags } from './tags.ts';
import { updateTrainingJob } from './update-training-job.ts';

/** SageMaker's operations, over what they stand on. */
export function createSageMakerService(context: SageMakerContext): Service {
  const operations: Record<string, Operation> = {
    CreateTrainingJob: {
      input: 'CreateTrainingJobRequest',
      run: (input: CreateTrainingJobRequest) => createTrainingJob(context, input),
    },
    DescribeTrainingJob: {
      input: 'DescribeTrainingJobRequest',
      run: (input: DescribeTrainingJobRequest) => describeTrainingJob(context, input),
    },
    ListTrainingJobs: {
      input: 'ListTrainingJobsRequest',
      run: (input: ListTrainingJobsRequest) => listTrainingJobs(context, input),
    },
    StopTrainingJob: {
      input: 'StopTrainingJobRequest',
      run: (input: StopTrainingJobRequest) => stopTrainingJob(context, input),
    },
    DeleteTrainingJob: {
      input: 'DeleteTrainingJobRequest',
      run: (input: DeleteTrainingJobRequest) => deleteTrainingJob(context, input),
    },
    UpdateTrainingJob: {
      input: 'UpdateTrainingJobRequest',
      run: (input: UpdateTrainingJobRequest) => updateTrainingJob(context, input),
    },
    CreateAlgorithm: {
      input: 'CreateAlgorithmInput',
      run: (input: CreateAlgorithmInput) => createAlgorithm(context, input),
    },
    DescribeAlgorithm: {
      input: 'DescribeAlgorithmInput',
      run: (input: DescribeAlgorithmInput) => describeAlgorithm(context, input),
    },
    ListAlgorithms: {
      input: 'ListAlgorithmsInput',
      run: (input: ListAlgorithmsInput) => listAlgorithms(context, input),
    },
    DeleteAlgorithm: {
      input: 'DeleteAlgorithmInput',
      run: (input: DeleteAlgorithmInput) => deleteAlgorithm(context, input),
    },
    Search: { input: 'SearchRequest', run: (input: SearchRequest) => search(context, input) },
    GetSearchSuggestions: {
      input: 'GetSearchSuggestionsRequest',
      run: (input: GetSearchSuggestionsRequest) => getSearchSuggestions(context, input),
    },
    AddTags: { input: 'AddTagsInput', run: (input: AddTagsInput) => addTags(context, input) },
    ListTags: { input: 'ListTagsInput', run: (input: ListTagsInput) => listTags(context, input) },
    DeleteTags: { input: 'DeleteTagsInput', run: (input: DeleteTagsInput) => deleteTags(context, input) },
  };
  return { operations: new Map(Object.entries(operations)) };
}
