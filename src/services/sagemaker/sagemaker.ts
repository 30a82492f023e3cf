import type {
  AddTagsInput,
  CreateTrainingJobRequest,
  DeleteTagsInput,
  DeleteTrainingJobRequest,
  DescribeTrainingJobRequest,
  ListTagsInput,
  ListTrainingJobsRequest,
  StopTrainingJobRequest,
  UpdateTrainingJobRequest,
} from '../../model/types.generated.ts';
import type { Operation, Service } from '../service.ts';
import type { SageMakerContext } from './context.ts';
import { createTrainingJob } from './create-training-job.ts';
import { deleteTrainingJob } from './delete-training-job.ts';
import { describeTrainingJob } from './describe-training-job.ts';
import { listTrainingJobs } from './list-training-jobs.ts';
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
    AddTags: { input: 'AddTagsInput', run: (input: AddTagsInput) => addTags(context, input) },
    ListTags: { input: 'ListTagsInput', run: (input: ListTagsInput) => listTags(context, input) },
    DeleteTags: { input: 'DeleteTagsInput', run: (input: DeleteTagsInput) => deleteTags(context, input) },
  };
  return { operations: new Map(Object.entries(operations)) };
}
