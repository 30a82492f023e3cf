import { chmodSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Algorithm } from '../runtime.ts';
import { containerFolder } from './container-folder.ts';
import { type Engine, withEngine } from './engine.ts';
import { engineFault } from './engine-fault.ts';
import type { EngineImages } from './engine-images.ts';
import { ENTRY, OWN_FOLDER } from './entry/entry-program.ts';
import { removeContainer } from './running-container.ts';

const FILES = `${OWN_FOLDER}/files`;
/** Folders below `/opt/ml` that hold what the algorithm is given: many files, which nobody changes. */
const GIVEN = 'input';

/**
 * Whose the files of an instance are. In a container they belong to whoever its user is there; on the machine they must belong to
 * the person who started the server, who reads and removes them without being root.
 */
export class FileOwnership {
  readonly #engine: Engine;
  readonly #images: EngineImages;
  readonly #algorithm: Algorithm;
  readonly #name: string;

  constructor(engine: Engine, images: EngineImages, algorithm: Algorithm, container: string) {
    this.#engine = engine;
    this.#images = images;
    this.#algorithm = algorithm;
    this.#name = `${container}-files`;
  }

  /** Lets an image's own user write where the algorithm may. Nobody else gets there: the instance's folder is the server's. */
  static openTo(user: string, { mlRoot, mounts = [], home }: Algorithm): void {
    if (isRoot(user)) return;
    openFolders(mlRoot, GIVEN);
    openFolder(join(mlRoot, GIVEN));
    for (const folder of foldersIn(join(mlRoot, GIVEN))) openFolder(folder);
    for (const { source, readOnly } of mounts)
      if (!readOnly && source.startsWith(`${home}/`)) openFolders(source);
  }

  /** With the engine's own umask, a server that is not root could not write beside what the algorithm wrote. */
  static umask({ rootless }: Engine, user: string): string | undefined {
    if (isOurs() || (rootless && isRoot(user))) return undefined;
    return '0';
  }

  /** Gives all that the algorithm wrote to whoever runs the server. */
  async take(): Promise<void> {
    if (isOurs()) return;
    const { home, mlRoot, mounts = [], image } = this.#algorithm;
    const folders = [
      mlRoot,
      ...mounts.filter(({ readOnly }) => !readOnly).map(({ source }) => source),
    ].filter((path) => path.startsWith(`${home}/`));
    const targets = folders.map((_, i) => `${FILES}/${i}`);
    // The root of a rootless engine is the person who started it.
    const owner = this.#engine.rootless
      ? ['0', '0']
      : [String(process.geteuid?.()), String(process.getegid?.())];
    await removeContainer(this.#engine, this.#name);
    try {
      const { id } = (await this.#images.find(image)) ?? { id: image };
      await withEngine(async () => {
        const container = await this.#engine.api.createContainer({
          name: this.#name,
          Image: id,
          User: '0',
          Entrypoint: [ENTRY, 'own', ...owner, ...targets],
          Cmd: [],
          HostConfig: {
            NetworkMode: 'none',
            LogConfig: { Type: 'none', Config: {} },
            SecurityOpt: ['label=disable'],
            Mounts: [
              { Type: 'bind', Source: containerFolder(home).entry, Target: ENTRY, ReadOnly: true },
              ...folders.map((Source, i) => ({ Type: 'bind' as const, Source, Target: targets[i] ?? FILES })),
            ],
          },
        });
        await container.start();
        await container.wait();
      });
    } catch (error) {
      throw engineFault('The files of the algorithm could not be taken over', error);
    } finally {
      await removeContainer(this.#engine, this.#name);
    }
  }
}

const isRoot = (user: string): boolean => /^(|0|root)(:|$)/.test(user);

/** Root reads and removes the files of everybody. */
const isOurs = (): boolean => process.geteuid?.() === 0;

function openFolders(folder: string, except?: string): void {
  openFolder(folder);
  for (const each of foldersIn(folder)) if (basename(each) !== except) openFolders(each);
}

function foldersIn(folder: string): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
}

function openFolder(path: string): void {
  chmodSync(path, 0o777);
}
