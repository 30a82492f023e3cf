/** An image's name, whole: where it is, what it is called there, and which of that name is meant. */
export interface ImageReference {
  /** Host and, where one is given, port: `docker.io`, `localhost:5000`, `[::1]:5000`. */
  readonly registry: string;
  /** `library/busybox`. */
  readonly repository: string;
  readonly tag?: string;
  /** `sha256:…`. With a tag beside it, the digest says which image it is. */
  readonly digest?: string;
}

/** What is no image's name; the message says why, in one sentence. */
export class BadImageReference extends Error {
  constructor(text: string, why: string) {
    super(inOneLine(`'${text}' is not the name of an image: ${why}.`));
    this.name = 'BadImageReference';
  }
}

const inOneLine = (text: string): string =>
  text.replace(/\p{Cc}/gu, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);

const DEFAULT_REGISTRY = 'docker.io';
/** An old name of the same registry. */
const DEFAULT_REGISTRY_ALIAS = 'index.docker.io';
/** Where Docker Hub keeps images that are nobody's own. */
const OFFICIAL = 'library/';
const DEFAULT_TAG = 'latest';
const LONGEST_REPOSITORY = 255;

// The grammar is that of distribution/reference, which Docker, Podman and skopeo share.
const HOST_PART = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const REGISTRY = new RegExp(`^(?:${HOST_PART}(?:\\.${HOST_PART})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`);
const PATH_PART = '[a-z0-9]+(?:(?:[._]|__|[-]+)[a-z0-9]+)*';
const REPOSITORY = new RegExp(`^${PATH_PART}(?:/${PATH_PART})*$`);
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*):([0-9a-fA-F]+)$/;
/** How many hexadecimal digits each kind of digest has. */
const DIGEST_LENGTHS: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };
/** What Docker prints for an image without a name. */
const IMAGE_ID = /^[a-f0-9]{64}$/;

/**
 * Reads an image's name as Docker does: `busybox` is `docker.io/library/busybox`, of the tag `latest` unless a tag or a digest
 * is given. Throws `BadImageReference`.
 */
export function parseImageReference(text: string): ImageReference {
  const bad = (why: string) => new BadImageReference(text, why);
  if (text === '') throw bad('it is empty');
  if (IMAGE_ID.test(text)) throw bad('it is the id of an image, which no registry knows');
  const { name, tag, digest } = split(text);
  const { registry, repository } = locate(name);
  if (!REGISTRY.test(registry)) throw bad(`'${registry}' can't be a registry`);
  if (repository === '') throw bad('no repository is named');
  if (/[A-Z]/.test(repository)) throw bad('a repository has no capital letters');
  if (!REPOSITORY.test(repository)) throw bad(`'${repository}' can't be a repository`);
  if (repository.length > LONGEST_REPOSITORY) {
    throw bad(`a repository's name has at most ${LONGEST_REPOSITORY} characters`);
  }
  if (tag !== undefined && !TAG.test(tag)) throw bad(`'${tag}' can't be a tag`);
  const badDigest = digest === undefined ? undefined : digestComplaint(digest);
  if (badDigest !== undefined) throw bad(badDigest);
  return {
    registry,
    repository,
    ...(tag !== undefined && { tag }),
    ...(digest !== undefined && { digest }),
    ...(tag === undefined && digest === undefined && { tag: DEFAULT_TAG }),
  };
}

/** The one full name of an image: `docker.io/library/busybox:latest`. */
export function fullName({ registry, repository, tag, digest }: ImageReference): string {
  return `${registry}/${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** The full name of exactly the image with that digest. */
export function pinnedName({ registry, repository }: ImageReference, digest: string): string {
  return `${registry}/${repository}@${digest}`;
}

/** The full name of an image, or the text itself where it is none. */
export function fullNameOrText(text: string): string {
  try {
    return fullName(parseImageReference(text));
  } catch (error) {
    if (error instanceof BadImageReference) return text;
    throw error;
  }
}

/** Why a text can't be a digest; undefined when it can. */
function digestComplaint(digest: string): string | undefined {
  const [, algorithm, hex = ''] = DIGEST.exec(digest) ?? [];
  if (algorithm === undefined) return `'${digest}' can't be a digest`;
  const length = Object.hasOwn(DIGEST_LENGTHS, algorithm) ? DIGEST_LENGTHS[algorithm] : undefined;
  if (length === undefined) return `digests of the kind '${algorithm}' are not known`;
  if (hex.length !== length || hex !== hex.toLowerCase()) {
    return `a digest of ${algorithm} has ${length} hexadecimal digits, without capital letters`;
  }
  return undefined;
}

/** Cuts the digest off, then the tag: the last colon begins one unless a slash follows, for then it begins a port. */
function split(text: string): { name: string; tag?: string; digest?: string } {
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  const named = at < 0 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  return {
    name: hasTag ? named.slice(0, colon) : named,
    ...(hasTag && { tag: named.slice(colon + 1) }),
    ...(digest !== undefined && { digest }),
  };
}

/** What stands before the first slash is a registry if it looks like a host: it has a dot, a port, a capital, or is `localhost`. */
function locate(name: string): { registry: string; repository: string } {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const isHost = /[.:A-Z]/.test(first) || first === 'localhost';
  const registry = isHost ? first : DEFAULT_REGISTRY;
  const repository = isHost ? name.slice(slash + 1) : name;
  if (registry !== DEFAULT_REGISTRY && registry !== DEFAULT_REGISTRY_ALIAS) return { registry, repository };
  const isOfficial = repository !== '' && !repository.includes('/');
  return { registry: DEFAULT_REGISTRY, repository: isOfficial ? OFFICIAL + repository : repository };
}
