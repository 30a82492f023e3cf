import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTree } from '../../../agent/remove-tree.ts';
import type { Clock } from '../../../clock/clock.ts';
import { parseImageConfiguration } from '../../../images/image-config.ts';
import { ImageFault } from '../../../images/image-fault.ts';
import type { ImageSettings } from '../../../images/image-settings.ts';
import { imageDigest, wrongPlatform } from '../../../images/manifest.ts';
import { ownPlatform, platformText, runsOn } from '../../../images/platform.ts';
import type { RegistryCredentials } from '../../../images/registry-credentials.ts';
import { bootId } from '../process-table.ts';
import { replaceFile } from '../run-folder.ts';
import type { ImageSource } from './image-source.ts';
import { findImageTools, type ImageTools, missingImageTools, runTool } from './image-tools.ts';
import { ensureFile, ensureFolder } from './in-root.ts';
import { reclaimImages } from './reclaim-images.ts';
import { SharedWork } from './shared-work.ts';
import {
  copyImage,
  type Fetch,
  readConfiguration,
  readManifest,
  unpackImage,
  writeCredentials,
} from './skopeo.ts';
import {
  folderName,
  type ImageRecord,
  keptBytes,
  PLACES,
  readUnpacked,
  type UnpackedImage,
} from './unpacked-image.ts';

export interface UnpackedImagesOptions {
  /** The folder that holds them, on the disk of the instances. */
  readonly folder: string;
  readonly settings: ImageSettings;
  readonly clock: Clock;
  /** A line for the operator. */
  log(line: string): void;
}

/** What one instance needs. */
export interface ImageOrder {
  readonly source: ImageSource;
  /** The file that exists as long as the instance may use the image. */
  readonly user: string;
  /** What its registry is asked with; absent: Docker's and Podman's own configuration. */
  credentials?(): Promise<RegistryCredentials>;
  readonly signal: AbortSignal;
  /** Something is about to be downloaded. */
  downloading(): void;
}

/**
 * The images that stand unpacked on this machine, one folder per manifest. An image is unpacked in a folder of drafts and moved
 * into place as a whole, so whoever is killed when, half an image never looks like one. Only one server uses the folder.
 */
export class UnpackedImages {
  readonly #options: UnpackedImagesOptions;
  readonly #drafts: string;
  readonly #unpacked: string;
  readonly #lookedUp: string;
  readonly #pulls = new SharedWork<void>();
  /** Folders of images that are being given to instances, by how many. */
  readonly #held = new Map<string, number>();
  readonly #closed = new AbortController();
  readonly #background = new Set<Promise<void>>();
  #reclaiming: Promise<void> = Promise.resolve();

  constructor(options: UnpackedImagesOptions) {
    this.#options = options;
    this.#drafts = join(options.folder, 'drafts');
    this.#unpacked = join(options.folder, 'unpacked');
    this.#lookedUp = join(options.folder, 'looked-up');
  }

  /** A folder on the disk of the images for what is soon gone again. */
  get drafts(): string {
    return this.#drafts;
  }

  /** Begins to clear what an earlier server left half done, and what is too old or too much. */
  open(): void {
    for (const folder of [this.#drafts, this.#unpacked, this.#lookedUp]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    }
    for (const draft of readdirSync(this.#drafts))
      this.#inBackground(this.#remove(join(this.#drafts, draft)));
    const images = readdirSync(this.#unpacked).map((name) => join(this.#unpacked, name));
    for (const folder of images.filter((each) => !readUnpacked(each))) this.#discard(folder);
    const kept = images.map((folder) => this.#keep(folder));
    this.#inBackground(Promise.all(kept).then(() => this.reclaim()));
  }

  /** Resolves when nothing goes on in the background any more. What was to be done then is done at the next `open`. */
  async close(): Promise<void> {
    this.#closed.abort(new Error('the server ends'));
    while (this.#background.size > 0) await Promise.all(this.#background);
  }

  /** The image with that digest; undefined when it does not stand here. */
  find(digest: string): UnpackedImage | undefined {
    return readUnpacked(this.#folderOf(digest));
  }

  /** Sees to it that an image stands here, and stays for as long as its user does. Rejects with an `ImageFault`. */
  async bring(order: ImageOrder): Promise<UnpackedImage> {
    const tools = findImageTools();
    if (!tools)
      throw new ImageFault('unknown', `Images can't be brought to this machine: ${missingImageTools()}.`);
    await mkdir(this.#drafts, { recursive: true, mode: 0o700 });
    const workplace = await mkdtemp(join(this.#drafts, 'order-'));
    try {
      const fetch = await this.#fetch(order, tools, workplace);
      const digest = await this.#lookUp(order.source, fetch);
      return await this.#hold(digest, () => this.#give(order, fetch, digest));
    } finally {
      await this.#remove(workplace);
    }
  }

  /** Removes what nobody uses and is too old, or is too much. */
  reclaim(): Promise<void> {
    const { settings, clock, log } = this.#options;
    const isHeld = (name: string) => this.#held.has(join(this.#unpacked, name));
    this.#reclaiming = this.#reclaiming
      .then(() =>
        reclaimImages(this.#unpacked, {
          ...settings.cache,
          now: clock.now(),
          isHeld,
          discard: (folder) => this.#discard(folder),
        }),
      )
      .catch((error: Error) => log(`images: what is not used could not be removed: ${error.message}`));
    return this.#reclaiming;
  }

  async #fetch(order: ImageOrder, tools: ImageTools, workplace: string): Promise<Fetch> {
    const { source, signal } = order;
    if (!order.credentials || !source.registry) return { tools, source, signal };
    const credentials = join(workplace, 'auth.json');
    await writeCredentials(credentials, source.registry.host, await order.credentials());
    return { tools, source, signal, credentials };
  }

  /** Which image a name means now. What a digest means never changes. */
  async #lookUp(source: ImageSource, fetch: Fetch): Promise<string> {
    const isFixed = source.registry?.digest !== undefined;
    const known = source.registry && this.#recall(source.name);
    if (isFixed && known !== undefined && this.find(known)) return known;
    try {
      const digest = imageDigest(source.name, await readManifest(fetch), ownPlatform());
      if (source.registry) this.#remember(source.name, digest);
      return digest;
    } catch (error) {
      const isDown = error instanceof ImageFault && error.kind === 'unreachable';
      if (!isDown || this.#options.settings.pull !== 'whenReachable') throw error;
      if (known === undefined || !this.find(known)) throw error;
      this.#options.log(`images: ${error.message} The image that ${source.name} was last is used.`);
      return known;
    }
  }

  async #give(order: ImageOrder, fetch: Fetch, digest: string): Promise<UnpackedImage> {
    const pull = (signal: AbortSignal) => this.#pull({ ...fetch, signal }, digest);
    if (!this.find(digest)) {
      order.downloading();
      await this.#pulls.join(digest, order.signal, pull);
    }
    const image = this.find(digest);
    if (!image) throw new ImageFault('unknown', `${order.source.name}: the unpacked image is gone.`);
    await this.#use(this.#folderOf(digest), order.user);
    return image;
  }

  async #pull(given: Fetch, digest: string): Promise<void> {
    const { source } = given;
    const draft = await mkdtemp(join(this.#drafts, 'pull-'));
    const [layout, made] = [join(draft, 'layout'), join(draft, 'made')];
    try {
      const fetch = await withOwnCredentials(given, draft);
      const configuration = await readConfiguration(fetch, digest);
      checkConfiguration(source.name, configuration);
      await copyImage(fetch, digest, layout);
      await this.#checkUnchanged(fetch, digest);
      await mkdir(join(made, PLACES.uses), { recursive: true, mode: 0o700 });
      await unpackImage(fetch, layout, join(made, PLACES.rootfs));
      completeRoot(source.name, join(made, PLACES.rootfs), configuration);
      const record: ImageRecord = { digest, name: source.name, bootId: bootId(), configuration };
      await writeFile(join(made, PLACES.record), JSON.stringify(record));
      await this.#publish(made, this.#folderOf(digest));
    } catch (error) {
      throw asDiskFault(source.name, error);
    } finally {
      await this.#remove(draft);
    }
  }

  /** What stands on this machine may be changed while it is read; a registry's image of a digest can't. */
  async #checkUnchanged(fetch: Fetch, digest: string): Promise<void> {
    if (fetch.source.registry) return;
    const now = imageDigest(fetch.source.name, await readManifest(fetch), ownPlatform());
    if (now === digest) return;
    throw new ImageFault('broken', `The image ${fetch.source.name} was changed while it was read.`);
  }

  async #publish(made: string, folder: string): Promise<void> {
    // What stands there, if anything, can't be trusted.
    if (existsSync(folder)) this.#discard(folder);
    await rename(made, folder);
    this.#inBackground(this.#keep(folder).then(() => this.reclaim()));
  }

  /** Brings an image to the disk, so that it is trusted after a power cut too. */
  async #keep(folder: string): Promise<void> {
    const over = this.#closed.signal;
    if (!readUnpacked(folder) || keptBytes(folder) !== undefined || over.aborted) return;
    try {
      const size = await runTool([], ['du', '-s', '--block-size=1', join(folder, PLACES.rootfs)], over);
      await runTool([], ['sync', '--file-system', folder], over);
      replaceFile(join(folder, PLACES.kept), JSON.stringify({ bytes: Number.parseInt(String(size), 10) }));
    } catch (error) {
      if (!over.aborted) this.#options.log(`images: ${folder}: ${(error as Error).message}`);
    }
  }

  async #use(folder: string, user: string): Promise<void> {
    const uses = join(folder, PLACES.uses);
    await mkdir(uses, { recursive: true, mode: 0o700 });
    await writeFile(join(uses, createHash('sha256').update(user).digest('hex')), user);
    await writeFile(join(folder, PLACES.used), String(this.#options.clock.now()));
  }

  /** Keeps an image from being reclaimed while it is given away. */
  async #hold<T>(digest: string, work: () => Promise<T>): Promise<T> {
    const folder = this.#folderOf(digest);
    this.#held.set(folder, (this.#held.get(folder) ?? 0) + 1);
    try {
      return await work();
    } finally {
      const left = (this.#held.get(folder) ?? 1) - 1;
      if (left > 0) this.#held.set(folder, left);
      else this.#held.delete(folder);
    }
  }

  #remember(name: string, digest: string): void {
    replaceFile(this.#memoryOf(name), JSON.stringify({ name, digest }));
  }

  #recall(name: string): string | undefined {
    try {
      const memory = JSON.parse(readFileSync(this.#memoryOf(name), 'utf8')) as { digest?: unknown };
      return typeof memory.digest === 'string' ? memory.digest : undefined;
    } catch {
      return undefined;
    }
  }

  #memoryOf(name: string): string {
    return join(this.#lookedUp, `${createHash('sha256').update(name).digest('hex')}.json`);
  }

  #folderOf(digest: string): string {
    return join(this.#unpacked, folderName(digest));
  }

  /** Out of sight at once, and gone some time later: a removal that is cut short leaves nothing that looks whole. */
  #discard(folder: string): void {
    const grave = mkdtempSync(join(this.#drafts, 'gone-'));
    renameSync(folder, join(grave, 'image'));
    this.#inBackground(this.#remove(grave));
  }

  async #remove(draft: string): Promise<void> {
    await removeTree(draft).catch((error: Error) => this.#options.log(`images: ${error.message}`));
  }

  #inBackground(work: Promise<void>): void {
    this.#background.add(work);
    void work.finally(() => this.#background.delete(work));
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

/** An error of the disk's, as what it is to the job. */
function asDiskFault(name: string, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  const isFull = code === 'ENOSPC' || code === 'EDQUOT';
  return isFull ? new ImageFault('disk full', `${name}: ${message}.`) : error;
}
