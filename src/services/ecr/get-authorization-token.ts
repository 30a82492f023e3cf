import type {
  AuthorizationData,
  GetAuthorizationTokenRequest,
  GetAuthorizationTokenResponse,
} from '../../model/types.generated.ts';
import type { RequestContext } from '../service.ts';
import { invalidParameter, noRegistry } from './errors.ts';
import type { Registries } from './registries.ts';

/**
 * The credentials of the registry that stands for ECR, as the settings give them to callers. No time of their expiry is told: none is
 * known. Throws InvalidParameterException where the settings give none.
 */
export async function getAuthorizationToken(
  registries: Registries,
  { registryIds }: GetAuthorizationTokenRequest,
  { account }: RequestContext,
): Promise<GetAuthorizationTokenResponse> {
  const ids = registryIds ?? [account];
  return { authorizationData: await Promise.all(ids.map((id) => authorizationData(registries, id))) };
}

async function authorizationData(registries: Registries, registryId: string): Promise<AuthorizationData> {
  const host = registries.host(registryId);
  const registry = registries.registryOf(registryId);
  if (registry === undefined) throw noRegistry(host);
  const login = await registries.login(registry);
  if (!login)
    throw invalidParameter(
      `This deployment gives nobody the credentials of ${registry}, which stands for ${host}: set images.logins.`,
    );
  const { username, password } = login;
  return {
    authorizationToken: Buffer.from(`${username}:${password}`).toString('base64'),
    proxyEndpoint: `${registries.isInsecure(registry) ? 'http' : 'https'}://${registry}`,
  };
}
