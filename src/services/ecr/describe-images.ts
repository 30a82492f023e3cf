import type {
  DescribeImagesRequest,
  DescribeImagesResponse,
  ImageDetail,
} from '../../model/types.generated.ts';
import { decodePageToken, encodePageToken } from '../sagemaker/page-token.ts';
import type { RequestContext } from '../service.ts';
import { invalidParameter, noSuchImage, noSuchRepository } from './errors.ts';
import { findImage } from './find-image.ts';
import { imageDetail, tagsOf } from './image-detail.ts';
import type { Registries } from './registries.ts';

const PAGE_SIZE = 100;

/**
 * What the registry that stands for ECR has: named images, or all that have tags. When an image was pushed or pulled is not told:
 * a registry does not know.
 */
export async function describeImages(
  registries: Registries,
  request: DescribeImagesRequest,
  context: RequestContext,
): Promise<DescribeImagesResponse> {
  refuseFilter(request);
  // Nothing is ever archived here.
  if (['ARCHIVED', 'ACTIVATING'].includes(request.filter?.imageStatus ?? '')) return { imageDetails: [] };
  if (request.imageIds) return describeNamed(registries, request, context);
  return describeTagged(registries, request, context);
}

function refuseFilter({ imageIds, nextToken, maxResults, filter }: DescribeImagesRequest): void {
  if (imageIds && (nextToken !== undefined || maxResults !== undefined))
    throw invalidParameter('nextToken and maxResults cannot be used with imageIds.');
  if (filter?.tagStatus === 'UNTAGGED')
    throw invalidParameter(
      "filter.tagStatus can't be UNTAGGED on this deployment: a registry does not tell which images have no tag.",
    );
}

async function describeNamed(
  registries: Registries,
  request: DescribeImagesRequest,
  { account }: RequestContext,
): Promise<DescribeImagesResponse> {
  const { repositoryName, registryId = account, imageIds = [] } = request;
  const details = new Map<string, ImageDetail>();
  for (const imageId of imageIds) {
    const found = await findImage(registries, request, imageId, account);
    if (found === 'MissingDigestAndTag')
      throw invalidParameter('Invalid request parameters: both tag and digest cannot be null');
    if (typeof found === 'string') throw noSuchImage(imageId, repositoryName, registryId);
    const { digest } = found.manifest;
    if (details.has(digest)) continue;
    const tags = await tagsOf(found.client, found.repository);
    details.set(digest, await imageDetail(found, tags?.get(digest), { repositoryName, registryId }));
  }
  return { imageDetails: [...details.values()] };
}

async function describeTagged(
  registries: Registries,
  request: DescribeImagesRequest,
  { account }: RequestContext,
): Promise<DescribeImagesResponse> {
  const { repositoryName, registryId = account, maxResults = PAGE_SIZE, nextToken } = request;
  const { registry, repository } = registries.find(repositoryName, '', registryId);
  const client = registries.client(registry);
  const byDigest = await tagsOf(client, repository);
  if (!byDigest) throw noSuchRepository(repositoryName, registryId);
  const of = { repositoryName, registryId };
  const last = nextToken === undefined ? '' : lastOf(nextToken, of);
  const left = [...byDigest]
    .filter(([digest]) => digest > last)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const page = left.slice(0, maxResults);
  const imageDetails: ImageDetail[] = [];
  for (const [digest, tags] of page) {
    const manifest = await client.manifest(repository, digest);
    // Deleted in the meantime.
    if (manifest) imageDetails.push(await imageDetail({ client, repository, manifest }, tags, of));
  }
  const end = page.at(-1)?.[0];
  return {
    imageDetails,
    ...(end !== undefined && page.length < left.length && { nextToken: encodePageToken([end], of) }),
  };
}

function lastOf(token: string, of: unknown): string {
  try {
    return decodePageToken<readonly [string]>(token, of)[0];
  } catch {
    throw invalidParameter('Invalid nextToken: it is not one that was returned for the same request.');
  }
}
