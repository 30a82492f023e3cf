import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freeSpace, isFull } from '../../../agent/free-space.ts';
import { parseImageConfiguration } from '../../../images/image-config.ts';
import { ImageFault } from '../../../images/image-fault.ts';
import { imageDigest, wrongPlatform } from '../../../images/manifest.ts';
import { ownPlatform, platformText, runsOn } from '../../../images/platform.ts';
import { bootId } from '../process-table.ts';
import { ensureFile, ensureFolder } from './in-root.ts';
import { copyImage, type Fetch, readConfiguration, readManifest, unpackImage } from './skopeo.ts';
import { type ImageRecord, PLACES } from './unpacked-image.ts';

/**
 * Brings the image with that digest and unpacks it in a folder of drafts. Resolves with the folder that is to be moved into its place
 * as a whole. Rejects with an `ImageFault`.
 */
export async function pullImage(given: Fetch, digest: string, draft: string): Promise<string> {
  const [layout, made] = [join(draft, 'layout'), join(draft, 'made')];
  const root = join(made, PLACES.rootfs);
  const { name } = given.source;
  try {
    const fetch = await withOwnCredentials(given, draft);
    const configuration = await readConfiguration(fetch, digest);
    checkConfiguration(name, configuration);
    await copyImage(fetch, digest, layout);
    await checkUnchanged(fetch, digest);
    await mkdir(join(made, PLACES.uses), { recursive: true, mode: 0o700 });
    await unpackImage(fetch, layout, root);
    completeRoot(name, root, configuration);
    const record: ImageRecord = { digest, name, bootId: bootId(), configuration };
    await writeFile(join(made, PLACES.record), JSON.stringify(record));
    return made;
  } catch (error) {
    throw await asDiskFault(name, error, draft);
  }
}

/** The order that began a pull may be over before it, and its file with it. */
async function withOwnCredentials(fetch: Fetch, draft: string): Promise<Fetch> {
  if (fetch.credentials === undefined) return fetch;
  const credentials = join(draft, 'auth.json');
  await copyFile(fetch.credentials, credentials);
  return { ...fetch, credentials };
}

function checkConfiguration(name: string, text: string): void {
  let platform: { os: string; architecture: string };
  try {
    ({ platform } = parseImageConfiguration(text));
  } catch {
    throw new ImageFault('broken', `The configuration of the image ${name} can't be read.`);
  }
  const machine = ownPlatform();
  if (!runsOn(platform, machine)) throw wrongPlatform(name, [platformText(platform)], machine);
}

/** What stands on this machine may be changed while it is read; a registry's image of a digest can't. */
async function checkUnchanged(fetch: Fetch, digest: string): Promise<void> {
  if (fetch.source.registry) return;
  const now = imageDigest(fetch.source.name, await readManifest(fetch), ownPlatform());
  if (now === digest) return;
  throw new ImageFault('broken', `The image ${fetch.source.name} was changed while it was read.`);
}

/** Makes what container engines make: the files that they show their own over, and the folder to begin in. */
function completeRoot(name: string, root: string, configuration: string): void {
  const { workdir } = parseImageConfiguration(configuration);
  try {
    for (const path of ['/etc/hosts', '/etc/resolv.conf']) ensureFile(root, path);
    ensureFolder(root, workdir);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST' && code !== 'ENOTDIR') throw error;
    throw new ImageFault(
      'broken',
      `The image ${name} has a file in the place of /etc or of its folder ${workdir}.`,
    );
  }
}

/** An error as what it is to the job. A tool may break in its own way on a full disk, so the disk itself is asked too. */
export async function asDiskFault(name: string, error: unknown, folder: string): Promise<unknown> {
  const { code, message } = error as NodeJS.ErrnoException;
  const isKnown = error instanceof ImageFault && error.kind !== 'unknown';
  if (isKnown || (!(error instanceof ImageFault) && code === undefined)) return error;
  const isDiskFull = code === 'ENOSPC' || code === 'EDQUOT' || isFull(await freeSpace(folder));
  return isDiskFull ? new ImageFault('disk full', `${name}: no space left on device (${message}).`) : error;
}
