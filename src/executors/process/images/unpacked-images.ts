import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync } from 'node:fs';
import { mkdir, mkdtemp, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTree } from '../../../agent/remove-tree.ts';
import type { Clock } from '../../../clock/clock.ts';
import { ImageFault } from '../../../images/image-fault.ts';
import type { ImageSettings } from '../../../images/image-settings.ts';
import { imageDigest } from '../../../images/manifest.ts';
import { ownPlatform } from '../../../images/platform.ts';
import type { RegistryCredentials } from '../../../images/registry-credentials.ts';
import { replaceFile } from '../run-folder.ts';
import type { ImageSource } from './image-source.ts';
import { findImageTools, type ImageTools, missingImageTools, runTool } from './image-tools.ts';
import { LookedUp } from './looked-up.ts';
import { asDiskFault, pullImage } from './pull-image.ts';
import { reclaimImages } from './reclaim-images.ts';
import { SharedWork } from './shared-work.ts';
import { type Fetch, readManifest, writeCredentials } from './skopeo.ts';
import { folderName, keptBytes, PLACES, readUnpacked, type UnpackedImage } from './unpacked-image.ts';

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
  /** Makes that file. From then on the image stays. */
  take(image: UnpackedImage): void;
  /** What its registry is asked with; absent: Docker's and Podman's own configuration. */
  credentials?(): Promise<RegistryCredentials>;
  readonly signal: AbortSignal;
  /** Something is about to be downloaded. */
  downloading(): void;
}

const LOOKED_UP = 'looked-up';

/**
 * The images that stand unpacked on this machine, one folder per manifest. An image is unpacked in a folder of drafts and moved
 * into place as a whole, so whoever is killed when, half an image never looks like one. Only one server uses the folder.
 */
export class UnpackedImages {
  readonly #options: UnpackedImagesOptions;
  readonly #drafts: string;
  readonly #unpacked: string;
  readonly #lookedUp: LookedUp;
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
    this.#lookedUp = new LookedUp(join(options.folder, LOOKED_UP));
  }

  /** A folder on the disk of the images for what is soon gone again. */
  get drafts(): string {
    return this.#drafts;
  }

  /** Begins to clear what an earlier server left half done, and what is too old or too much. */
  open(): void {
    for (const folder of [this.#drafts, this.#unpacked, join(this.#options.folder, LOOKED_UP)]) {
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
      const image = await this.#hold(digest, () => this.#give(order, fetch, digest));
      if (order.source.registry) this.#lookedUp.remember(order.source.name, digest);
      return image;
    } catch (error) {
      throw await asDiskFault(order.source.name, error, this.#drafts);
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
      .then(() => this.#lookedUp.forget((digest) => existsSync(this.#folderOf(digest))))
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
    const known = source.registry && this.#lookedUp.recall(source.name);
    if (isFixed && known !== undefined && this.find(known)) return known;
    try {
      return imageDigest(source.name, await readManifest(fetch), ownPlatform());
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
    order.take(image);
    return image;
  }

  async #pull(fetch: Fetch, digest: string): Promise<void> {
    const draft = await mkdtemp(join(this.#drafts, 'pull-'));
    try {
      await this.#publish(await pullImage(fetch, digest, draft), this.#folderOf(digest));
    } finally {
      await this.#remove(draft);
    }
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
