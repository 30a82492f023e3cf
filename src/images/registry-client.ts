import { z } from 'zod';
import { manifestDigest } from './manifest.ts';
import { authorizationFor, type RegistryLogin } from './registry-authorization.ts';

/** A registry did not answer as asked; the message says which and why in one line. */
export class RegistryFault extends Error {
  readonly kind: 'denied' | 'unreachable';

  constructor(kind: RegistryFault['kind'], message: string) {
    super(message);
    this.name = 'RegistryFault';
    this.kind = kind;
  }
}

/** A manifest as the registry keeps it. */
export interface StoredManifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly text: string;
}

export interface RegistryClientOptions {
  /** Host and port: `registry.example:5000`. */
  readonly registry: string;
  /** It is spoken to without TLS. */
  readonly insecure: boolean;
  /** What to log in with, where it asks; undefined: nothing. */
  login(): Promise<RegistryLogin | undefined>;
}

const PATIENCE_MS = 30_000;
const MANIFEST_TYPES = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];
/** Docker Hub's API is not at the name that its images have. */
const DOCKER_HUB_API = 'registry-1.docker.io';

const tagList = z.object({ tags: z.array(z.string()).nullish() }).transform(({ tags }) => tags ?? []);
const catalog = z.object({ repositories: z.array(z.string()) }).transform(({ repositories }) => repositories);

/** Reads what a registry has by its HTTP API (OCI distribution). All methods reject with a `RegistryFault`. */
export class RegistryClient {
  readonly #options: RegistryClientOptions;
  readonly #origin: string;
  /** By repository: what we were let in with last. */
  readonly #authorizations = new Map<string, string>();

  constructor(options: RegistryClientOptions) {
    this.#options = options;
    const host = options.registry === 'docker.io' ? DOCKER_HUB_API : options.registry;
    this.#origin = `${options.insecure ? 'http' : 'https'}://${host}`;
  }

  /** All tags of a repository; undefined when there is no such repository. */
  tags(repository: string): Promise<readonly string[] | undefined> {
    return this.#list(repository, `${repository}/tags/list`, tagList);
  }

  /** The names of all repositories; undefined when it does not list them, which not every registry does. */
  repositories(): Promise<readonly string[] | undefined> {
    return this.#list('', '_catalog', catalog);
  }

  async #list(
    repository: string,
    path: string,
    schema: z.ZodType<readonly string[]>,
  ): Promise<readonly string[] | undefined> {
    const names: string[] = [];
    let next: URL | undefined = new URL(`${this.#origin}/v2/${path}`);
    while (next) {
      const response: Response = await this.#ask(repository, next, 'GET');
      if (response.status === 404) return undefined;
      const page = schema.safeParse(await bodyOf(response, () => this.#fault(response, 'unreachable')));
      if (!response.ok || !page.success) throw this.#fault(response, 'unreachable');
      names.push(...page.data);
      next = nextPage(response, next);
    }
    return names;
  }

  /** The digest of what a tag means; undefined when there is no such tag. */
  async digest(repository: string, tag: string): Promise<string | undefined> {
    const response = await this.#ask(repository, this.#manifestUrl(repository, tag), 'HEAD');
    if (response.status === 404) return undefined;
    if (!response.ok) throw this.#fault(response, 'unreachable');
    // Registries need not tell it.
    return response.headers.get('docker-content-digest') ?? (await this.manifest(repository, tag))?.digest;
  }

  /** A manifest by tag or digest; undefined when there is none. */
  async manifest(repository: string, reference: string): Promise<StoredManifest | undefined> {
    const response = await this.#ask(repository, this.#manifestUrl(repository, reference), 'GET');
    if (response.status === 404) return undefined;
    if (!response.ok) throw this.#fault(response, 'unreachable');
    const text = await response.text();
    const mediaType = response.headers.get('content-type')?.split(';', 1)[0] ?? '';
    return { digest: manifestDigest(Buffer.from(text)), mediaType, text };
  }

  #manifestUrl(repository: string, reference: string): URL {
    return new URL(`${this.#origin}/v2/${repository}/manifests/${reference}`);
  }

  /** Logs in when it is asked to, which it is again when what it was let in with has expired. */
  async #ask(repository: string, url: URL, method: 'GET' | 'HEAD'): Promise<Response> {
    const first = await this.#fetch(url, method, this.#authorizations.get(repository));
    if (first.status === 403) throw this.#fault(first, 'denied');
    if (first.status !== 401) return first;
    const challenge = first.headers.get('www-authenticate') ?? '';
    const reach = (request: Request) => this.#reach(request);
    const authorization = await authorizationFor(challenge, await this.#options.login(), reach);
    if (authorization === undefined) throw this.#fault(first, 'denied');
    this.#authorizations.set(repository, authorization);
    const second = await this.#fetch(url, method, authorization);
    if (second.status === 401 || second.status === 403) throw this.#fault(second, 'denied');
    return second;
  }

  #fetch(url: URL, method: 'GET' | 'HEAD', authorization: string | undefined): Promise<Response> {
    const headers = {
      accept: MANIFEST_TYPES.join(', '),
      ...(authorization !== undefined && { authorization }),
    };
    return this.#reach(new Request(url, { method, headers }));
  }

  async #reach(request: Request): Promise<Response> {
    try {
      return await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    } catch (error) {
      const { cause, message } = error as Error;
      const why = cause instanceof Error ? cause.message : message;
      throw new RegistryFault(
        'unreachable',
        `The registry ${this.#options.registry} can't be reached: ${why}.`,
      );
    }
  }

  #fault({ status }: Response, kind: RegistryFault['kind']): RegistryFault {
    return new RegistryFault(kind, `The registry ${this.#options.registry} answered with status ${status}.`);
  }
}

async function bodyOf(response: Response, fault: () => RegistryFault): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    throw fault();
  }
}

/** Where a list goes on: `Link: </v2/…?last=…>; rel="next"`. */
function nextPage(response: Response, of: URL): URL | undefined {
  const link = /<([^>]+)>;\s*rel="?next"?/.exec(response.headers.get('link') ?? '')?.[1];
  if (link === undefined) return undefined;
  const next = new URL(link, of);
  // What we were let in with is for this registry alone.
  return next.origin === of.origin ? next : undefined;
}
