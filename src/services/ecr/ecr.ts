import type {
  BatchGetImageRequest,
  DescribeImagesRequest,
  DescribeRepositoriesRequest,
  GetAuthorizationTokenRequest,
} from '../../model/types.generated.ts';
import type { Operation, RequestContext, Service } from '../service.ts';
import { batchGetImage } from './batch-get-image.ts';
import { describeImages } from './describe-images.ts';
import { describeRepositories } from './describe-repositories.ts';
import { asEcrError } from './errors.ts';
import { getAuthorizationToken } from './get-authorization-token.ts';
import { type EcrOptions, Registries } from './registries.ts';

/** ECR, as far as the images of training jobs are looked up: what it has is in the registry that `images.names` leads to. */
export function createEcrService(options: EcrOptions): Service {
  const registries = new Registries(options);
  const operations: Record<string, Operation> = {
    GetAuthorizationToken: {
      input: 'GetAuthorizationTokenRequest',
      run: (input: GetAuthorizationTokenRequest, context: RequestContext) =>
        inEcrsWords(getAuthorizationToken(registries, input, context)),
    },
    BatchGetImage: {
      input: 'BatchGetImageRequest',
      run: (input: BatchGetImageRequest, context: RequestContext) =>
        inEcrsWords(batchGetImage(registries, input, context)),
    },
    DescribeImages: {
      input: 'DescribeImagesRequest',
      run: (input: DescribeImagesRequest, context: RequestContext) =>
        inEcrsWords(describeImages(registries, input, context)),
    },
    DescribeRepositories: {
      input: 'DescribeRepositoriesRequest',
      run: (input: DescribeRepositoriesRequest, context: RequestContext) =>
        inEcrsWords(describeRepositories(registries, input, context)),
    },
  };
  return { operations: new Map(Object.entries(operations)) };
}

async function inEcrsWords<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw asEcrError(error);
  }
}
