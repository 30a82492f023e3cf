import { existsSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../clock/clock.ts';
import { meantImage } from '../../images/image-names.ts';
import { fullNameOrText } from '../../images/image-reference.ts';
import type { ImageSettings } from '../../images/image-settings.ts';
import {
  type Algorithm,
  type ImageNeed,
  type Mount,
  type RunningAlgorithm,
  type Runtime,
  RuntimeFault,
} from '../runtime.ts';
import { StandByShell } from '../shell/stand-by-shell.ts';
import { isFolder, type ProcessConfig } from './config.ts';
import { type Fingerprint, fingerprintOf } from './fingerprint.ts';
import { type Image, imageOf } from './image.ts';
import { BroughtImages } from './images/brought-images.ts';
import type { UnpackedImages } from './images/unpacked-images.ts';
import { type LaunchContext, prepareLaunch, startLaunch } from './launch.ts';
import { type Launch, phaseOf } from './launch-phase.ts';
import { findOwnLauncher, type OwnLauncher } from './launcher/own-launcher.ts';
import { examineMachine, type Machine } from './machine.ts';
import { unlinkMl } from './ml-folder.ts';
import { mountPointRefusal } from './mount-points.ts';
import { plainMountRefusal } from './plain-mounts.ts';
import { PrivatePaths } from './private-paths.ts';
import { findPrivateRoots } from './private-root.ts';
import { realPath } from './real-path.ts';
import {
  makeRunFolder,
  type RunFolder,
  readRecord,
  runFolder,
  syncRecord,
  writeRecord,
} from './run-folder.ts';
import { mountPlace } from './sandbox-options.ts';
import { scriptPython } from './script-image.ts';
import { SupervisedAlgorithm } from './supervised-algorithm.ts';

export interface ProcessRuntime extends Runtime {
  /** What this machine can do for algorithms, found out by running one. */
  fingerprint(): Promise<Fingerprint>;
  /** Why there is no image of that name to be had, in a sentence. Undefined: there is, as far as can be known before it is brought. */
  imageRefusal(name: string): string | undefined;
  /** Names the Python that runs the scripts of an image, where packages can be shown to it. Undefined: it runs none. */
  scriptPython(image: string): string | undefined;
  /** Why an algorithm of that image can't be shown anything at that path of its own, in a sentence. Undefined: it can. */
  mountRefusal(image: string, mount: Pick<Mount, 'target' | 'readOnly'>): string | undefined;
}

export interface ProcessRuntimeOptions {
  readonly clock: Clock;
  /** Folders that no algorithm may see, wherever they are: the server's own. */
  readonly hidden: readonly string[];
  /** Where an algorithm without a sandbox finds its folder; `/opt/ml` unless it is given. */
  readonly mlLink?: string;
  /** Which images are meant by names, and those that are unpacked here. Absent: there are only those that are folders. */
  readonly images?: { readonly settings: ImageSettings; readonly unpacked: UnpackedImages };
}

/** The runtime that runs each algorithm as a process of this machine, in a sandbox of its own. */
export function createProcessRuntime(config: ProcessConfig, options: ProcessRuntimeOptions): ProcessRuntime {
  return new SandboxRuntime(config, options);
}

const READ_ONLY =
  'Images are read-only here: private roots over them need unshare and overlayfs, without being root on Linux 5.11 or later.';

class SandboxRuntime implements ProcessRuntime {
  readonly name = 'process';
  readonly #config: ProcessConfig;
  readonly #clock: Clock;
  readonly #hidden: readonly string[];
  readonly #mlLink: string;
  readonly #privatePaths: PrivatePaths;
  readonly #names: ImageSettings['names'];
  readonly #images: BroughtImages;
  readonly #shell = new StandByShell();
  #unshare: Promise<string | undefined> | undefined;
  #launcher: Promise<OwnLauncher | undefined> | undefined;
  #machine: Promise<Machine> | undefined;

  constructor(config: ProcessConfig, { clock, hidden, mlLink = '/opt/ml', images }: ProcessRuntimeOptions) {
    this.#config = config;
    this.#clock = clock;
    this.#hidden = [...hidden, ...config.hidden, ...ownHomes()].map((path) => realPath(path) ?? path);
    this.#mlLink = mlLink;
    this.#privatePaths = new PrivatePaths(this.#hidden);
    this.#names = images?.settings.names ?? {};
    this.#images = new BroughtImages(config, images);
  }

  imageRefusal(name: string): string | undefined {
    return this.#images.refusal(this.#meant(name));
  }

  async bringImage(need: ImageNeed): Promise<void> {
    await this.#images.bring(this.#meant(need.image), need);
  }

  scriptPython(name: string): string | undefined {
    const meant = this.#meant(name);
    const image = Object.hasOwn(this.#config.images, meant) ? this.#config.images[meant] : undefined;
    return image && isFolder(image) ? scriptPython(image, this.#config.sandbox) : undefined;
  }

  mountRefusal(name: string, mount: Pick<Mount, 'target' | 'readOnly'>): string | undefined {
    if (this.#config.sandbox === 'none') {
      const why = plainMountRefusal(mount);
      return why && `Without a sandbox ${why}.`;
    }
    const meant = this.#meant(name);
    // What is not unpacked yet can't be looked at.
    if (!this.#images.isFolder(meant)) return undefined;
    const image = imageOf(this.#config, meant);
    // The instance's own /opt/ml is yet to be made: it will have what the image brings.
    const ml = image.root === '/' ? '/dev/null' : join(image.root, 'opt/ml');
    return mountPointRefusal(mount.target, mountPlace(image, this.#hidden, ml));
  }

  async fingerprint(): Promise<Fingerprint> {
    this.#machine = undefined;
    const fingerprint = await fingerprintOf(this.#config, await this.#examined(), this);
    const lack = fingerprint.ok && this.#images.arePossible && !(await this.#privateRoots());
    return lack ? { ...fingerprint, problems: [...fingerprint.problems, READ_ONLY] } : fingerprint;
  }

  async start(algorithm: Algorithm): Promise<RunningAlgorithm> {
    const folder = runFolder(algorithm.home);
    const record = readRecord(folder);
    const known = record && { folder, record, output: algorithm.output };
    const running =
      known && phaseOf(known).kind !== 'unclaimed'
        ? this.#follow(algorithm, known)
        : await this.#launch(algorithm);
    try {
      await running.started;
    } catch (fault) {
      await running.release().catch(() => undefined); // The fault says more than what may be left of it.
      throw fault;
    }
    return running;
  }

  #follow(algorithm: Algorithm, launch: Launch): SupervisedAlgorithm {
    return new SupervisedAlgorithm(launch, this.#clock, async () => {
      this.#shell.reap();
      if (launch.record.sandbox === 'none') await unlinkMl(this.#mlLink, algorithm.mlRoot);
    });
  }

  /** Two launches of an instance may be under way, when a server was killed in the middle of one: the claim lets one go on. */
  async #launch(algorithm: Algorithm): Promise<SupervisedAlgorithm> {
    const context = await this.#context(algorithm);
    makeRunFolder(context.folder);
    const prepared = await prepareLaunch(context);
    writeRecord(context.folder, prepared.record);
    const running = this.#follow(algorithm, {
      ...context,
      record: prepared.record,
      output: algorithm.output,
    });
    startLaunch(context, prepared, this.#shell).then(
      (pid) => running.launchedAs(pid),
      (error) => running.giveUp(`The algorithm's launch could not be started: ${error.message}.`),
    );
    await syncRecord(context.folder);
    return running;
  }

  async #context(algorithm: Algorithm): Promise<LaunchContext> {
    const image = this.#imageOf(algorithm);
    const machine = await this.#examined();
    if (machine.obstacles.length) throw new RuntimeFault('internal', machine.obstacles.join(' '));
    if (!existsSync(image.root)) {
      throw new RuntimeFault(
        'internal',
        `The folder ${image.root} of the image ${algorithm.image} does not exist.`,
      );
    }
    const folder = runFolder(algorithm.home);
    return {
      config: this.#config,
      machine,
      algorithm,
      image,
      launcher: await this.#ownLauncher(folder, machine),
      unshare: image.user && (await this.#privateRoots()),
      folder,
      hidden: [...this.#hidden, realPath(algorithm.home) ?? algorithm.home],
      privatePaths: this.#config.sandbox === 'bubblewrap' ? await this.#privatePaths.list() : [],
      mlLink: this.#mlLink,
    };
  }

  /** A configured image goes by its full name too: `trainyard/host` is no image of a registry's. */
  #meant(name: string): string {
    const meant = meantImage(this.#names, name);
    const { images } = this.#config;
    if (Object.hasOwn(images, meant)) return meant;
    const full = fullNameOrText(meant);
    return Object.keys(images).find((key) => fullNameOrText(key) === full) ?? meant;
  }

  /** The image that was brought for the instance, or the folder that the configuration has. */
  #imageOf({ home, image }: Algorithm): Image {
    return this.#images.find(home) ?? imageOf(this.#config, this.#meant(image));
  }

  /** Found out when the first image needs it, where images and instances are. */
  #privateRoots(): Promise<string | undefined> {
    const { drafts } = this.#images;
    this.#unshare ??= drafts === undefined ? Promise.resolve(undefined) : findPrivateRoots(drafts);
    return this.#unshare;
  }

  /** Found out by the first sandbox, where instances are; by the next one, if the disk was full. */
  async #ownLauncher(folder: RunFolder, machine: Machine): Promise<OwnLauncher | undefined> {
    if (this.#config.sandbox === 'none') return undefined;
    this.#launcher ??= findOwnLauncher(folder, machine);
    const trial = this.#launcher;
    try {
      return await trial;
    } catch (error) {
      if (this.#launcher === trial) this.#launcher = undefined;
      throw error;
    }
  }

  /** Found out once; again when an obstacle may have been removed. */
  async #examined(): Promise<Machine> {
    this.#machine ??= examineMachine(this.#config);
    const examination = this.#machine;
    const machine = await examination;
    if (machine.obstacles.length && this.#machine === examination) this.#machine = undefined;
    return machine;
  }
}

/** The home of whoever runs the server. A service's account may have one that is the system's. */
function ownHomes(): readonly string[] {
  const SYSTEM = /^\/(|usr|bin|sbin|lib\w*|etc|dev|proc|sys|nonexistent)(\/|$)/;
  const homes = [homedir()];
  try {
    homes.push(userInfo().homedir);
  } catch {
    // The user has no account.
  }
  return homes.filter((home) => home.startsWith('/') && !SYSTEM.test(home));
}
