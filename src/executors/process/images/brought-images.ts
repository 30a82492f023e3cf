import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseImageConfiguration } from '../../../images/image-config.ts';
import { ImageFault } from '../../../images/image-fault.ts';
import type { ImageSettings } from '../../../images/image-settings.ts';
import { askForCredentials, NoCredentials } from '../../../images/registry-credentials.ts';
import { type ImageNeed, RuntimeFault } from '../../runtime.ts';
import { isFolder, type ProcessConfig } from '../config.ts';
import type { Image } from '../image.ts';
import { replaceFile } from '../run-folder.ts';
import { badName, type ImageSource, registrySource, storedSource } from './image-source.ts';
import { missingImageTools } from './image-tools.ts';
import { imageUser } from './image-user.ts';
import type { UnpackedImage } from './unpacked-image.ts';
import type { UnpackedImages } from './unpacked-images.ts';

/** Says in an instance's folder which image was brought for it. As long as it is there, the image stays. */
const NOTE = 'image.json';

/** The images of the `process` executor that are no folders: which there are, and which one an instance was given. */
export class BroughtImages {
  readonly #config: ProcessConfig;
  readonly #images: { readonly settings: ImageSettings; readonly unpacked: UnpackedImages } | undefined;

  constructor(
    config: ProcessConfig,
    images: { readonly settings: ImageSettings; readonly unpacked: UnpackedImages } | undefined,
  ) {
    this.#config = config;
    this.#images = images;
  }

  /** A folder on their disk for what is soon gone again; undefined when there are none. */
  get drafts(): string | undefined {
    return this.#images?.unpacked.drafts;
  }

  /** Whether this machine can bring any. */
  get arePossible(): boolean {
    return this.#images !== undefined && this.#config.sandbox !== 'none' && missingImageTools() === undefined;
  }

  isFolder(name: string): boolean {
    const image = this.#configured(name);
    return image !== undefined && isFolder(image);
  }

  /** Why an image can't be had, in words that follow its name; undefined when it can, as far as can be known before it is brought. */
  refusal(name: string): string | undefined {
    const configured = this.#configured(name);
    if (configured && isFolder(configured)) return undefined;
    const known = Object.keys(this.#config.images).join(', ') || 'none';
    const unknown = `is not one of this deployment's images (${known})`;
    if (!configured) {
      if (!this.#images || this.#images.settings.pull === 'never')
        return `${unknown}: map it under executors.process.images`;
      const bad = badName(name);
      if (bad !== undefined) return `${unknown}, nor one in a registry: ${bad.replace(/\.$/, '')}`;
    }
    if (this.#config.sandbox === 'none')
      return 'would have to be unpacked, and without a sandbox (executors.process.sandbox) only this machine itself can be run';
    const missing = missingImageTools();
    return missing && `${configured ? '' : `${unknown}, and `}can't be brought here: ${missing}`;
  }

  /** Brings the image of an instance, where it is not a folder, and notes which one it is. Rejects with an `ImageFault`. */
  async bring(name: string, need: ImageNeed): Promise<void> {
    if (this.isFolder(name)) return;
    const refusal = this.refusal(name);
    if (refusal !== undefined || !this.#images)
      throw new ImageFault('not found', `The image ${name} ${refusal}.`);
    const { unpacked } = this.#images;
    const note = join(need.home, NOTE);
    await unpacked.bring({
      source: this.#source(name, this.#images.settings),
      user: note,
      take(image) {
        checkUser(image);
        replaceFile(note, JSON.stringify({ digest: image.digest }));
      },
      signal: need.signal,
      downloading: () => need.downloading(),
      ...this.#credentials(need, this.#images.settings),
    });
  }

  /** The image that was brought for the instance in a folder; undefined when none was. Throws a fault when it is gone. */
  find(home: string): Image | undefined {
    const digest = readNote(join(home, NOTE));
    if (digest === undefined) return undefined;
    const unpacked = this.#images?.unpacked.find(digest);
    if (!unpacked)
      throw new RuntimeFault('internal', `The unpacked image ${digest} of the instance is gone.`);
    return imageFrom(unpacked);
  }

  #configured(name: string) {
    return Object.hasOwn(this.#config.images, name) ? this.#config.images[name] : undefined;
  }

  #source(name: string, settings: ImageSettings): ImageSource {
    const configured = this.#configured(name);
    return configured && !isFolder(configured)
      ? storedSource(name, configured)
      : registrySource(name, settings);
  }

  #credentials({ credentialsProvider: arn, signal }: ImageNeed, { credentials }: ImageSettings) {
    if (arn === undefined) return {};
    return {
      credentials: async () => {
        try {
          return await askForCredentials(credentials, arn, signal);
        } catch (error) {
          throw error instanceof NoCredentials ? new ImageFault('denied', error.message) : error;
        }
      },
    };
  }
}

function imageFrom({ root, configuration }: UnpackedImage): Image {
  const { entrypoint, environment, workdir, user: name } = parseImageConfiguration(configuration);
  const user = imageUser(root, name);
  return {
    root,
    user,
    entrypoint: [...entrypoint],
    environment: { HOME: user.home, ...environment },
    workdir,
    script: false,
    binds: [],
  };
}

/** That an image names a user that it lacks is to be known before the training begins. */
function checkUser(image: UnpackedImage): void {
  try {
    imageFrom(image);
  } catch (error) {
    throw error instanceof RuntimeFault ? new ImageFault('broken', error.message) : error;
  }
}

function readNote(path: string): string | undefined {
  try {
    const note = JSON.parse(readFileSync(path, 'utf8')) as { digest?: unknown };
    return typeof note.digest === 'string' ? note.digest : undefined;
  } catch {
    return undefined;
  }
}
