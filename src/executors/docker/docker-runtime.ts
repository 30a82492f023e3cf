import { randomUUID } from 'node:crypto';
import { chmodSync, closeSync, openSync } from 'node:fs';
import type { Clock } from '../../clock/clock.ts';
import { bootId } from '../process/process-table.ts';
import {
  type Algorithm,
  type ImageNeed,
  type RunningAlgorithm,
  type Runtime,
  RuntimeFault,
} from '../runtime.ts';
import type { DockerConfig } from './config.ts';
import {
  type ContainerFolder,
  type ContainerRecord,
  containerFolder,
  layOutContainerFolder,
  readContainerRecord,
} from './container-folder.ts';
import { containerOptions, networkModeOf } from './container-options.ts';
import { phaseOf } from './container-phase.ts';
import { type Engine, withEngine } from './engine.ts';
import { engineFault, isConflict, isUnchanged } from './engine-fault.ts';
import type { EngineImages } from './engine-images.ts';
import { type EntryKind, isEntryKind } from './entry/entry-program.ts';
import { FileOwnership } from './file-ownership.ts';
import { RunningContainer, removeContainer } from './running-container.ts';

export interface DockerRuntimeOptions {
  readonly images: EngineImages;
  readonly clock: Clock;
  /** Names the data directory among all that use the engine. */
  readonly owner: string;
  /** A line for the operator. */
  log(line: string): void;
}

/** The runtime that runs each algorithm as a container of an engine of this machine. */
export class DockerRuntime implements Runtime {
  readonly name = 'docker';
  readonly #engine: Engine;
  readonly #config: DockerConfig;
  readonly #options: DockerRuntimeOptions;

  constructor(engine: Engine, config: DockerConfig, options: DockerRuntimeOptions) {
    this.#engine = engine;
    this.#config = config;
    this.#options = options;
  }

  bringImage(need: ImageNeed): Promise<void> {
    return this.#options.images.bring(need);
  }

  async start(algorithm: Algorithm): Promise<RunningAlgorithm> {
    const folder = containerFolder(algorithm.home);
    const record = readContainerRecord(folder) ?? this.#record(algorithm, folder);
    try {
      await this.#bringUp(algorithm, folder, record);
    } catch (error) {
      await removeContainer(this.#engine, record.name).catch(() => undefined); // The fault says more than what may be left.
      throw error instanceof RuntimeFault ? error : engineFault('The container could not be started', error);
    }
    const ownership = new FileOwnership(this.#engine, this.#options.images, algorithm, record.name);
    return new RunningContainer({
      ...{ engine: this.#engine, clock: this.#options.clock, folder, record },
      memoryBytes: algorithm.memoryBytes,
      hasOwnNetwork: networkModeOf(algorithm, this.#config) !== 'host',
      beforeEnd: () => ownership.take(),
      log: this.#options.log,
    });
  }

  #record(algorithm: Algorithm, folder: ContainerFolder): ContainerRecord {
    const record = {
      bootId: bootId(),
      name: `trainyard-${this.#options.owner}-${algorithm.id}`,
      token: randomUUID(),
    };
    layOutContainerFolder(folder, record, entryKindOf(this.#engine));
    return record;
  }

  /** Takes the start as far as it is not yet, from wherever a server before this one left it. */
  async #bringUp(algorithm: Algorithm, folder: ContainerFolder, record: ContainerRecord): Promise<void> {
    let phase = await withEngine(() => phaseOf(this.#engine, { folder, record }));
    if (phase.kind === 'taken') await removeContainer(this.#engine, record.name);
    if (phase.kind === 'taken' || phase.kind === 'absent') {
      await this.#create(algorithm, record);
      phase = { kind: 'made' };
    }
    if (phase.kind === 'made') await this.#startMade(record);
    if (phase.kind === 'failed')
      throw new RuntimeFault('internal', `The container could not be started: ${phase.detail}.`);
  }

  async #create(algorithm: Algorithm, record: ContainerRecord): Promise<void> {
    const image = await this.#options.images.find(algorithm.image);
    if (!image) {
      throw new RuntimeFault('internal', `The container engine has no image ${algorithm.image} any more.`);
    }
    FileOwnership.openTo(image.user, algorithm);
    makeOutput(algorithm.output);
    const umask = FileOwnership.umask(this.#engine, image.user);
    const options = containerOptions({
      ...{ engine: this.#engine, config: this.#config, owner: this.#options.owner },
      ...{ algorithm, image, record, umask },
    });
    try {
      await withEngine(() => this.#engine.api.createContainer(options));
    } catch (error) {
      // The engine made it and was killed before it could say so.
      if (!isConflict(error)) throw engineFault('The container could not be made', error);
    }
  }

  async #startMade({ name }: ContainerRecord): Promise<void> {
    await withEngine(async () => {
      try {
        await this.#engine.api.getContainer(name).start();
      } catch (error) {
        if (!isUnchanged(error)) throw error;
      }
    });
  }
}

/** A user of the image's own appends to it too; nobody else comes near it, for its folder is the server's. */
function makeOutput(path: string): void {
  closeSync(openSync(path, 'a'));
  chmodSync(path, 0o666);
}

function entryKindOf({ architecture }: Engine): EntryKind {
  if (isEntryKind(architecture)) return architecture;
  throw new RuntimeFault(
    'internal',
    `The executor "docker" has no entry program for ${architecture} processors.`,
  );
}
