import { access, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { faultOf } from '../../../images/image-fault.ts';
import type { RegistryCredentials } from '../../../images/registry-credentials.ts';
import type { ImageSource } from './image-source.ts';
import { type ImageTools, runTool, ToolFailed } from './image-tools.ts';

/** The tag that an image has in the layout that it is copied to. */
const TAG = 'image';
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
  const command = [tools.umoci, 'raw', 'unpack', '--rootless', '--image', `${layout}:${TAG}`, to];
  await orFault(source, runTool(tools.tied, command, signal));
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
