import type { ListAlgorithmsInput, ListAlgorithmsOutput } from '../../../model/types.generated.ts';
import { type AlgorithmCursor, listAlgorithms as list } from '../../../store/algorithms/algorithms.ts';
import { toEpochSeconds } from '../../../training/describe.ts';
import type { SageMakerContext } from '../context.ts';
import { decodePageToken, encodePageToken } from '../page-token.ts';

const DEFAULT_PAGE = 10;

export function listAlgorithms(
  context: SageMakerContext,
  request: ListAlgorithmsInput,
): ListAlgorithmsOutput {
  const { NextToken, MaxResults = DEFAULT_PAGE, ...filters } = request;
  const { CreationTimeAfter: after, CreationTimeBefore: before, NameContains: nameContains } = request;
  const cursor = NextToken === undefined ? undefined : decodePageToken<AlgorithmCursor>(NextToken, filters);
  const { algorithms, next } = list(context.database, {
    orderBy: request.SortBy ?? 'CreationTime',
    descending: request.SortOrder === 'Descending',
    limit: MaxResults,
    ...(cursor && { after: cursor }),
    ...(after !== undefined && { createdAfter: after * 1000 }),
    ...(before !== undefined && { createdBefore: before * 1000 }),
    ...(nameContains !== undefined && { nameContains }),
  });
  return {
    AlgorithmSummaryList: algorithms.map(({ name, arn, createdAt, request: given }) => ({
      AlgorithmName: name,
      AlgorithmArn: arn,
      AlgorithmDescription: given.AlgorithmDescription,
      CreationTime: toEpochSeconds(createdAt),
      AlgorithmStatus: 'Completed',
    })),
    NextToken: next && encodePageToken(next, filters),
  };
}
