import { parseImageReference } from '../../images/image-reference.ts';
import type { RegistryClient, StoredManifest } from '../../images/registry-client.ts';
import type { ImageIdentifier } from '../../model/types.generated.ts';
import { noSuchRepository } from './errors.ts';
import type { Registries } from './registries.ts';

/** One image of a repository, and who can tell more of it. */
export interface FoundImage {
  readonly manifest: StoredManifest;
  readonly client: RegistryClient;
  /** Its repository's name in the registry. */
  readonly repository: string;
}

export interface RepositoryName {
  readonly repositoryName: string;
  readonly registryId?: string | undefined;
}

/** Why an image was not found: in the words of `ImageFailureCode`. */
export type NotFound =
  | 'ImageNotFound'
  | 'MissingDigestAndTag'
  | 'InvalidImageTag'
  | 'InvalidImageDigest'
  | 'ImageTagDoesNotMatchDigest';

/**
 * Looks an image up in the registry that stands for ECR. Rejects with RepositoryNotFoundException where there is no repository, and
 * with a `RegistryFault`.
 */
export async function findImage(
  registries: Registries,
  { repositoryName, registryId }: RepositoryName,
  { imageTag, imageDigest }: ImageIdentifier,
  account: string,
): Promise<FoundImage | NotFound> {
  if (imageTag === undefined && imageDigest === undefined) return 'MissingDigestAndTag';
  if (imageTag !== undefined && !isName(`a:${imageTag}`)) return 'InvalidImageTag';
  if (imageDigest !== undefined && !isName(`a@${imageDigest}`)) return 'InvalidImageDigest';
  const suffix = imageTag === undefined ? `@${imageDigest}` : `:${imageTag}`;
  const { registry, repository, tag, digest } = registries.find(repositoryName, suffix, registryId);
  const client = registries.client(registry);
  const manifest = await client.manifest(repository, digest ?? tag ?? DEFAULT_TAG);
  if (!manifest) {
    if (await client.tags(repository)) return 'ImageNotFound';
    throw noSuchRepository(repositoryName, registryId ?? account);
  }
  if (imageDigest !== undefined && manifest.digest !== imageDigest) return 'ImageTagDoesNotMatchDigest';
  return { manifest, client, repository };
}

const DEFAULT_TAG = 'latest';

function isName(text: string): boolean {
  try {
    parseImageReference(text);
    return true;
  } catch {
    return false;
  }
}
