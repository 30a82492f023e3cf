import type {
  DescribeRepositoriesRequest,
  DescribeRepositoriesResponse,
  Repository,
} from '../../model/types.generated.ts';
import { decodePageToken, encodePageToken } from '../sagemaker/page-token.ts';
import type { RequestContext } from '../service.ts';
import { invalidParameter, noSuchRepository } from './errors.ts';
import type { Registries } from './registries.ts';

const PAGE_SIZE = 100;

/**
 * The repositories of the registry that stands for ECR: named ones, or all that it lists. A registry does not know when one was made, nor
 * has it ECR's settings of one, so neither is told. Throws RepositoryNotFoundException.
 */
export async function describeRepositories(
  registries: Registries,
  request: DescribeRepositoriesRequest,
  context: RequestContext,
): Promise<DescribeRepositoriesResponse> {
  const { repositoryNames, registryId = context.account, maxResults, nextToken } = request;
  const describe = (name: string) => described(name, registries.host(registryId), registryId, context);
  if (!repositoryNames) {
    const { names, ...more } = await pageOf(registries, request, registryId);
    return { repositories: names.map(describe), ...more };
  }
  if (nextToken !== undefined || maxResults !== undefined)
    throw invalidParameter('nextToken and maxResults cannot be used with repositoryNames.');
  const names = [...new Set(repositoryNames)];
  for (const name of names) {
    const { registry, repository } = registries.find(name, '', registryId);
    if (!(await registries.client(registry).tags(repository))) throw noSuchRepository(name, registryId);
  }
  return { repositories: names.map(describe) };
}

function described(
  repositoryName: string,
  host: string,
  registryId: string,
  { region }: RequestContext,
): Repository {
  return {
    repositoryArn: `arn:aws:ecr:${region}:${registryId}:repository/${repositoryName}`,
    registryId,
    repositoryName,
    // What TrainingImage may say, with a tag.
    repositoryUri: `${host}/${repositoryName}`,
  };
}

async function pageOf(
  registries: Registries,
  { maxResults = PAGE_SIZE, nextToken }: DescribeRepositoriesRequest,
  registryId: string,
): Promise<{ readonly names: readonly string[]; readonly nextToken?: string }> {
  const of = { registryId };
  const last = nextToken === undefined ? '' : lastOf(nextToken, of);
  const { registry, client } = registries.whole(registryId);
  const repositories = await client.repositories();
  if (!repositories)
    throw invalidParameter(
      `The registry ${registry}, which stands for ECR here, does not list its repositories: name them in repositoryNames.`,
    );
  const left = repositories
    .flatMap((repository) => registries.namesOf(registry, repository, registryId))
    .filter((name) => name > last)
    .sort();
  const names = left.slice(0, maxResults);
  const end = names.at(-1);
  return {
    names,
    ...(end !== undefined && names.length < left.length && { nextToken: encodePageToken([end], of) }),
  };
}

function lastOf(token: string, of: unknown): string {
  try {
    return decodePageToken<readonly [string]>(token, of)[0];
  } catch {
    throw invalidParameter('Invalid nextToken: it is not one that was returned for the same request.');
  }
}
