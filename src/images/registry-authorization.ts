import { z } from 'zod';
import type { DockerCredentials } from './docker-config.ts';

/** What a registry is logged in to with. */
export type RegistryLogin = DockerCredentials;

const answer = z.object({ token: z.string().optional(), access_token: z.string().optional() });
const CLIENT = 'trainyard';

/**
 * What to answer a registry's `WWW-Authenticate` with: the password itself (Basic), or a token from where the challenge says (Bearer);
 * undefined when there is nothing to answer with. `reach` is asked for tokens.
 */
export async function authorizationFor(
  challenge: string,
  login: RegistryLogin | undefined,
  reach: (request: Request) => Promise<Response>,
): Promise<string | undefined> {
  if (/^basic\b/i.test(challenge)) return login && 'password' in login ? basic(login) : undefined;
  if (!/^bearer\b/i.test(challenge)) return undefined;
  const { realm, service, scope } = parametersOf(challenge);
  if (realm === undefined || !URL.canParse(realm)) return undefined;
  const wanted = new URLSearchParams({ ...(service && { service }), ...(scope && { scope }) });
  const response = await reach(tokenRequest(realm, wanted, login));
  const said = answer.safeParse(await response.json().catch(() => undefined));
  const token = response.ok && said.success ? (said.data.token ?? said.data.access_token) : undefined;
  return token === undefined ? undefined : `Bearer ${token}`;
}

/** By OAuth where Docker's configuration has a token; else as anybody, or with the password. */
function tokenRequest(realm: string, wanted: URLSearchParams, login: RegistryLogin | undefined): Request {
  if (login && 'identityToken' in login) {
    wanted.set('grant_type', 'refresh_token');
    wanted.set('refresh_token', login.identityToken);
    wanted.set('client_id', CLIENT);
    return new Request(realm, { method: 'POST', body: wanted });
  }
  const url = new URL(realm);
  for (const [name, value] of wanted) url.searchParams.set(name, value);
  return new Request(url, login ? { headers: { authorization: basic(login) } } : {});
}

const basic = ({ username, password }: { username: string; password: string }): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

/** `realm="…",service="…"` as names and values. */
function parametersOf(challenge: string): Readonly<Record<string, string>> {
  const pairs = [...challenge.matchAll(/(\w+)="([^"]*)"/g)];
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, value]));
}
