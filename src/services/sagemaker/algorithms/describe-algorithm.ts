import { validation } from '../../../model/errors.ts';
import type { DescribeAlgorithmInput, DescribeAlgorithmOutput } from '../../../model/types.generated.ts';
import { findAlgorithm, type StoredAlgorithm } from '../../../store/algorithms/algorithms.ts';
import { toEpochSeconds } from '../../../training/describe.ts';
import type { SageMakerContext } from '../context.ts';
import { asAlgorithmArn } from './algorithm-arn.ts';

export function describeAlgorithm(
  context: SageMakerContext,
  request: DescribeAlgorithmInput,
): DescribeAlgorithmOutput {
  const { arn, createdAt, request: given } = existingAlgorithm(context, request.AlgorithmName);
  return {
    ...given,
    AlgorithmArn: arn,
    CreationTime: toEpochSeconds(createdAt),
    // An algorithm is usable as soon as it is stored: nothing is validated, and no image is scanned.
    AlgorithmStatus: 'Completed',
    AlgorithmStatusDetails: { ValidationStatuses: [], ImageScanStatuses: [] },
  };
}

/** The algorithm of a name or an ARN. Throws a `ValidationException` if there is none. */
export function existingAlgorithm(context: SageMakerContext, nameOrArn: string): StoredAlgorithm {
  const arn = asAlgorithmArn(context, nameOrArn);
  const found = findAlgorithm(context.database, arn);
  if (!found) throw validation(`Algorithm does not exist: ${arn}`);
  return found;
}
