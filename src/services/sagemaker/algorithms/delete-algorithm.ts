import type { DeleteAlgorithmInput } from '../../../model/types.generated.ts';
import { deleteAlgorithm as forget } from '../../../store/algorithms/algorithms.ts';
import type { SageMakerContext } from '../context.ts';
import { existingAlgorithm } from './describe-algorithm.ts';

/** Jobs that were created with it have all they need of it. */
export function deleteAlgorithm(context: SageMakerContext, request: DeleteAlgorithmInput): void {
  forget(context.database, existingAlgorithm(context, request.AlgorithmName).arn);
}
