import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import type { RegistryCredentials } from './registry-credentials.ts';

/** What Docker's configuration has for a registry: a name and a password, or a token that stands for both. */
export type DockerCredentials = RegistryCredentials | { readonly identityToken: string };

/** Docker's configuration, or a helper that it names, can't be used; the message says why in one line. */
export class BadDockerConfig extends Error {
  constructor(why: string) {
    super(`Docker's configuration can't be used: ${why}.`);
    this.name = 'BadDockerConfig';
  }
}

const config = z.object({
  auths: z
    .record(
      z.string(),
      z.object({
        auth: z.string().optional(),
        username: z.string().optional(),
        password: z.string().optional(),
        identitytoken: z.string().optional(),
      }),
    )
    .optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
  credsStore: z.string().optional(),
});

const secret = z.object({ Username: z.string(), Secret: z.string() });

/** How Docker calls its own registry there. */
const DOCKER_HUB = 'https://index.docker.io/v1/';
/** What a helper calls the name of a token. */
const TOKEN_NAME = '<token>';
const NOT_FOUND = /credentials not found/i;
const HELPER_PATIENCE_MS = 30_000;

/**
 * The credentials for a registry (`docker.io`, `registry.example:5000`) in Docker's own configuration, asked of its helpers where it
 * names one; undefined when it has none. For engines that must be handed them: skopeo finds them itself. Rejects with `BadDockerConfig`.
 */
export async function dockerCredentials(
  registry: string,
  folder: string = process.env.DOCKER_CONFIG ?? join(homedir(), '.docker'),
): Promise<DockerCredentials | undefined> {
  const { auths = {}, credHelpers = {}, credsStore } = await readConfig(join(folder, 'config.json'));
  const names = registry === 'docker.io' ? [DOCKER_HUB, registry] : [registry, `https://${registry}`];
  for (const name of names) {
    const helper = (Object.hasOwn(credHelpers, name) && credHelpers[name]) || credsStore;
    const found = helper ? await askHelper(helper, name) : undefined;
    if (found) return found;
    const entry = Object.hasOwn(auths, name) ? auths[name] : undefined;
    const kept = entry && credentialsOf(entry);
    if (kept) return kept;
  }
  return undefined;
}

async function readConfig(path: string): Promise<z.infer<typeof config>> {
  const content = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw new BadDockerConfig(error.message);
  });
  try {
    return config.parse(JSON.parse(content));
  } catch {
    throw new BadDockerConfig(`${path} is not what Docker writes`);
  }
}

type AuthEntry = NonNullable<z.infer<typeof config>['auths']>[string];

function credentialsOf({
  auth,
  username,
  password,
  identitytoken,
}: AuthEntry): DockerCredentials | undefined {
  if (identitytoken) return { identityToken: identitytoken };
  if (username !== undefined && password !== undefined) return { username, password };
  const both = Buffer.from(auth ?? '', 'base64').toString('utf8');
  const colon = both.indexOf(':');
  return colon < 0 ? undefined : { username: both.slice(0, colon), password: both.slice(colon + 1) };
}

/** Asks a credential helper, as Docker does: the registry's name goes in, JSON comes out. */
async function askHelper(name: string, registry: string): Promise<DockerCredentials | undefined> {
  const program = `docker-credential-${name}`;
  const child = spawn(program, ['get'], { stdio: ['pipe', 'pipe', 'ignore'], timeout: HELPER_PATIENCE_MS });
  child.stdin.on('error', () => {}); // It may answer without reading.
  child.stdin.end(registry);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', (error) => reject(new BadDockerConfig(`${program}: ${error.message}`)));
    child.on('close', resolve);
  });
  const [said, code] = await Promise.all([text(child.stdout), ended]);
  if (code !== 0 && NOT_FOUND.test(said)) return undefined;
  if (code !== 0)
    throw new BadDockerConfig(`${program} failed (${said.trim().split('\n').at(-1) || `exit code ${code}`})`);
  const answer = secret.safeParse(parseJson(said));
  if (!answer.success) throw new BadDockerConfig(`${program} did not answer with a name and a secret`);
  const { Username: username, Secret: password } = answer.data;
  return username === TOKEN_NAME ? { identityToken: password } : { username, password };
}

function parseJson(said: string): unknown {
  try {
    return JSON.parse(said);
  } catch {
    return undefined;
  }
}
