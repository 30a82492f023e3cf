import { existsSync } from 'node:fs';
import { Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import { BadDockerConfig, dockerCredentials } from '../../images/docker-config.ts';
import { faultOf, ImageFault } from '../../images/image-fault.ts';
import { meantImage } from '../../images/image-names.ts';
import { fullName, type ImageReference, parseImageReference } from '../../images/image-reference.ts';
import { type ImageSettings, isInsecure } from '../../images/image-settings.ts';
import { wrongPlatform } from '../../images/manifest.ts';
import { platformText, runsOn } from '../../images/platform.ts';
import { askForCredentials, NoCredentials } from '../../images/registry-credentials.ts';
import type { ImageNeed } from '../runtime.ts';
import { type Engine, withEngine } from './engine.ts';
import { engineWords, isNotFound } from './engine-fault.ts';

/** An image that the engine has. */
export interface LocalImage {
  readonly id: string;
  readonly architecture: string;
  /** ENTRYPOINT; CMD is never used. */
  readonly entrypoint: readonly string[];
  /** `USER` as it is written; empty for root. */
  readonly user: string;
}

/** What Podman calls images that no registry has. */
const OWN_REGISTRY = 'localhost';

/** The images of an engine, by the names that jobs use. */
export class EngineImages {
  readonly #engine: Engine;
  readonly #settings: ImageSettings;

  constructor(engine: Engine, settings: ImageSettings) {
    this.#engine = engine;
    this.#settings = settings;
  }

  /** What a job means by a name. Throws `BadImageReference`. */
  reference(name: string): ImageReference {
    return parseImageReference(meantImage(this.#settings.names, name));
  }

  /** The image of that name, if the engine has it. */
  async find(name: string): Promise<LocalImage | undefined> {
    try {
      const reference = fullName(this.reference(name));
      const { Id, Architecture, Config } = await withEngine(() =>
        this.#engine.api.getImage(reference).inspect(),
      );
      const entrypoint = Config.Entrypoint ?? [];
      return {
        id: Id,
        architecture: Architecture,
        entrypoint: typeof entrypoint === 'string' ? [entrypoint] : entrypoint,
        user: Config.User ?? '',
      };
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** Has the engine bring the image from its registry, where it may be missing or old. Rejects with an `ImageFault`. */
  async bring(need: ImageNeed): Promise<void> {
    const reference = this.reference(need.image);
    const there = await this.find(need.image);
    if (!there || this.#mayBeOld(reference)) await this.#update(need, reference, there);
    const image = there ?? (await this.find(need.image));
    if (!image) throw new ImageFault('not found', `${need.image}: the container engine has no such image.`);
    this.#checkPlatform(need.image, image);
  }

  /** What a digest names never changes. */
  #mayBeOld({ registry, digest }: ImageReference): boolean {
    return this.#settings.pull !== 'never' && digest === undefined && registry !== OWN_REGISTRY;
  }

  async #update(need: ImageNeed, reference: ImageReference, there: LocalImage | undefined): Promise<void> {
    if (this.#settings.pull === 'never') {
      throw new ImageFault(
        'not found',
        `${need.image}: the container engine has no such image, and images.pull is "never".`,
      );
    }
    try {
      await this.#pull(need, reference, there === undefined);
    } catch (error) {
      need.signal.throwIfAborted();
      const fault = error instanceof ImageFault ? error : faultOf(need.image, engineWords(error));
      if (!there || !this.#doesWithout(fault)) throw fault;
    }
  }

  /** An image that the registry does not know, or does not show us, was built here. */
  #doesWithout({ kind }: ImageFault): boolean {
    if (kind === 'not found' || kind === 'denied') return true;
    return kind === 'unreachable' && this.#settings.pull === 'whenReachable';
  }

  async #pull(need: ImageNeed, reference: ImageReference, isMissing: boolean): Promise<void> {
    const { api, kind } = this.#engine;
    const authconfig = await this.#credentials(need, reference.registry);
    if (isMissing) need.downloading();
    const name = fullName(reference);
    const options = { abortSignal: need.signal, ...(authconfig && { authconfig }) };
    // Docker speaks to registries on loopback without TLS by itself, and to others as its own settings say.
    const isPodmanWithoutTls = kind === 'podman' && isInsecure(this.#settings, reference.registry);
    await withEngine(async () => {
      const progress = isPodmanWithoutTls
        ? await pullWithoutTls(api, name, options)
        : await api.pull(name, options);
      await finished(api, progress);
    }, need.signal);
  }

  async #credentials({ image, credentialsProvider, signal }: ImageNeed, registry: string) {
    try {
      if (credentialsProvider !== undefined) {
        const asked = await askForCredentials(this.#settings.credentials, credentialsProvider, signal);
        return { ...asked, serveraddress: registry };
      }
      const kept = await dockerCredentials(registry);
      if (!kept) return undefined;
      if ('identityToken' in kept) return { identitytoken: kept.identityToken, serveraddress: registry };
      return { ...kept, serveraddress: registry };
    } catch (error) {
      if (!(error instanceof NoCredentials) && !(error instanceof BadDockerConfig)) throw error;
      throw new ImageFault('denied', `${image}: ${error.message}`);
    }
  }

  /** Programs of another processor run where the machine's kernel was told by what. */
  #checkPlatform(name: string, { architecture }: LocalImage): void {
    const image = { os: 'linux', architecture };
    const machine = { os: 'linux', architecture: this.#engine.architecture };
    if (runsOn(image, machine) || existsSync(`/proc/sys/fs/binfmt_misc/qemu-${emulatorOf(architecture)}`))
      return;
    throw wrongPlatform(name, [platformText(image)], machine);
  }
}

/** How emulators call the processors whose names differ. */
const emulatorOf = (architecture: string): string =>
  ({ amd64: 'x86_64', arm64: 'aarch64', 386: 'i386' })[architecture] ?? architecture;

/** Podman's own way to pull: what it has of Docker's knows nothing of TLS. */
function pullWithoutTls(
  { modem }: Dockerode,
  reference: string,
  options: { readonly abortSignal: AbortSignal; readonly authconfig?: object },
): Promise<NodeJS.ReadableStream> {
  const request = {
    ...options,
    path: '/v4.0.0/libpod/images/pull?',
    method: 'POST',
    isStream: true,
    options: { reference, tlsVerify: false },
    statusCodes: { 200: true, 400: 'bad request', 404: 'not found', 500: 'server error' },
  };
  return new Promise((resolve, reject) => {
    modem.dial(request, (error, progress) =>
      progress instanceof Readable ? resolve(progress) : reject(error ?? new Error('no answer came')),
    );
  });
}

/** Follows a pull to its end: what fails on the way is told in the midst of its progress. */
function finished({ modem }: Dockerode, progress: NodeJS.ReadableStream): Promise<void> {
  return new Promise((resolve, reject) => {
    modem.followProgress(
      progress,
      (error: Error | null, told: readonly { readonly error?: string }[] | null) => {
        const complaint = told?.find((each) => each.error !== undefined)?.error;
        if (error) reject(error);
        else if (complaint !== undefined) reject(new Error(complaint));
        else resolve();
      },
    );
  });
}
