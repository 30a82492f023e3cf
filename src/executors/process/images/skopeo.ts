import { access, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { removeTree } from '../../../agent/remove-tree.ts';
import { faultOf, ImageFault } from '../../../images/image-fault.ts';
import type { RegistryCredentials } from '../../../images/registry-credentials.ts';
import type { ImageSource } from './image-source.ts';
import { type ImageTools, runTool, ToolFailed } from './image-tools.ts';

/** The tag that an image has in the layout that it is copied to. */
const TAG = 'image';
/** How a program in Go tells that it failed by a fault of its own. */
const PANIC = /\bpanic: /;
/** A registry that does not answer for so long is not there. */
const LOOK_UP_PATIENCE = '60s';
const TRIES = '2';

/** What skopeo and umoci are run with for one image. */
export interface Fetch {
  readonly tools: ImageTools;
  readonly source: ImageSource;
  /** A file with credentials (`writeCredentials`); absent: those of Docker's and Podman's own configuration. */
  readonly credentials?: string | undefined;
  readonly signal: AbortSignal;
}

/** The bytes of the manifest, or of the list of manifests, as they are stored. Rejects with an `ImageFault`. */
export async function readManifest(fetch: Fetch): Promise<Buffer> {
  return skopeo(fetch, ['--command-timeout', LOOK_UP_PATIENCE, 'inspect', '--raw'], [fetch.source.address]);
}

/** The image's configuration, as text. Rejects with an `ImageFault`. */
export async function readConfiguration(fetch: Fetch, digest: string): Promise<string> {
  const address = fetch.source.registry?.pinned(digest) ?? fetch.source.address;
  const options = ['--command-timeout', LOOK_UP_PATIENCE, 'inspect', '--config', '--raw'];
  return (await skopeo(fetch, options, [address])).toString('utf8');
}

/** Copies the image with that digest into a layout. Rejects with an `ImageFault`. */
export async function copyImage(fetch: Fetch, digest: string, layout: string): Promise<void> {
  const { registry, address } = fetch.source;
  const from = registry?.pinned(digest) ?? address;
  await skopeo(fetch, ['copy', '--quiet', '--retry-times', TRIES], [from, `oci:${layout}:${TAG}`]);
}

/** Unpacks the image of a layout. All files belong to who runs the server. Rejects with an `ImageFault`. */
export async function unpackImage(
  { tools, source, signal }: Fetch,
  layout: string,
  to: string,
): Promise<void> {
  const umoci = [tools.umoci, 'raw', 'unpack', '--rootless', '--image', `${layout}:${TAG}`, to];
  const unpack = (command: readonly string[]) => orFault(source, runTool(tools.tied, command, signal));
  try {
    await unpack(umoci);
  } catch (error) {
    if (!(error instanceof ImageFault) || !PANIC.test(error.message)) throw error;
    // Where it must give up, as on a full disk, two of its threads often meet in one checksum, and what it dies of is that. One thread
    // at a time, it says what was wrong.
    await removeTree(to);
    await unpack(['env', 'GOMAXPROCS=1', ...umoci]);
  }
}

/** Where skopeo finds credentials, and nobody else. */
export async function writeCredentials(
  path: string,
  registry: string,
  { username, password }: RegistryCredentials,
): Promise<void> {
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  await writeFile(path, JSON.stringify({ auths: { [registry]: { auth } } }), { mode: 0o600 });
}

async function skopeo(fetch: Fetch, command: readonly string[], names: readonly string[]): Promise<Buffer> {
  const { tools, source, credentials, signal } = fetch;
  const isCopy = command.includes('copy');
  const insecure = source.registry?.insecure ? [`--${isCopy ? 'src-' : ''}tls-verify=false`] : [];
  const authfile = credentials === undefined ? [] : [`--${isCopy ? 'src-' : ''}authfile`, credentials];
  const policy = (await hasPolicy()) ? [] : ['--insecure-policy'];
  const words = [tools.skopeo, ...policy, ...command, ...insecure, ...authfile, ...names];
  return orFault(source, runTool(tools.tied, words, signal));
}

/** skopeo checks signatures as the machine's policy says. Where there is no policy, it would refuse all. */
async function hasPolicy(): Promise<boolean> {
  const places = ['/etc/containers/policy.json', join(homedir(), '.config/containers/policy.json')];
  const found = await Promise.allSettled(places.map((path) => access(path)));
  return found.some(({ status }) => status === 'fulfilled');
}

async function orFault<T>(source: ImageSource, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof ToolFailed ? faultOf(source.name, error.message) : error;
  }
}
