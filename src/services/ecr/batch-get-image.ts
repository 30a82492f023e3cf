import type {
  BatchGetImageRequest,
  BatchGetImageResponse,
  Image,
  ImageFailure,
} from '../../model/types.generated.ts';
import type { RequestContext } from '../service.ts';
import { findImage, type NotFound } from './find-image.ts';
import type { Registries } from './registries.ts';

const REASONS: Readonly<Record<NotFound, string>> = {
  ImageNotFound: 'Requested image not found',
  MissingDigestAndTag: 'Invalid request parameters: both tag and digest cannot be null',
  InvalidImageTag: 'Invalid request parameters: this is not the form of a tag',
  InvalidImageDigest: 'Invalid request parameters: this is not the form of a digest',
  ImageTagDoesNotMatchDigest: 'The tag means an image with another digest',
};

/** Manifests, as the registry that stands for ECR keeps them. */
export async function batchGetImage(
  registries: Registries,
  request: BatchGetImageRequest,
  { account }: RequestContext,
): Promise<BatchGetImageResponse> {
  const { repositoryName, registryId = account, imageIds, acceptedMediaTypes } = request;
  const images: Image[] = [];
  const failures: ImageFailure[] = [];
  for (const imageId of imageIds) {
    const found = await findImage(registries, request, imageId, account);
    if (typeof found === 'string') {
      failures.push({ imageId, failureCode: found, failureReason: REASONS[found] });
      continue;
    }
    const { digest, mediaType, text } = found.manifest;
    if (acceptedMediaTypes && !acceptedMediaTypes.includes(mediaType)) {
      const failureReason = `The image's manifest is a ${mediaType}, which is not among acceptedMediaTypes`;
      failures.push({ imageId, failureCode: 'ImageNotFound', failureReason });
      continue;
    }
    images.push({
      ...{ registryId, repositoryName },
      imageId: { ...imageId, imageDigest: digest },
      imageManifest: text,
      imageManifestMediaType: mediaType,
    });
  }
  return { images, failures };
}
