import { BadDockerConfig } from '../../images/docker-config.ts';
import { RegistryFault } from '../../images/registry-client.ts';
import { NoCredentials } from '../../images/registry-credentials.ts';
import { ServiceError } from '../../model/errors.ts';
import type { ImageIdentifier } from '../../model/types.generated.ts';

export const invalidParameter = (message: string) => new ServiceError('InvalidParameterException', message);

/** `host` is the registry's in Amazon's words. */
export const noRegistry = (host: string) =>
  invalidParameter(
    `No registry of this deployment stands for ${host}: map '${host}/*' to one under images.names.`,
  );

export const noSuchRepository = (repositoryName: string, registryId: string) =>
  new ServiceError(
    'RepositoryNotFoundException',
    `The repository with name '${repositoryName}' does not exist in the registry with id '${registryId}'`,
  );

export const noSuchImage = (
  { imageDigest = 'null', imageTag = 'null' }: ImageIdentifier,
  repositoryName: string,
  registryId: string,
) => {
  const quoted = (value: string) => (value === 'null' ? value : `'${value}'`);
  const id = `{imageDigest:${quoted(imageDigest)}, imageTag:${quoted(imageTag)}}`;
  return new ServiceError(
    'ImageNotFoundException',
    `The image with imageId ${id} does not exist within the repository with name '${repositoryName}' in the registry with id '${registryId}'`,
  );
};

/** What the registry behind ECR did not do, as ECR's errors; what is none of that stays as it was thrown. */
export function asEcrError(thrown: unknown): unknown {
  if (thrown instanceof RegistryFault) {
    return thrown.kind === 'denied'
      ? new ServiceError('AccessDeniedException', thrown.message)
      : new ServiceError('ServerException', thrown.message, 500);
  }
  if (thrown instanceof NoCredentials || thrown instanceof BadDockerConfig)
    return new ServiceError('ServerException', thrown.message, 500);
  return thrown;
}
