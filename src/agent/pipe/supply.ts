import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DOWNLOAD_FAILED } from '../channels/channel.ts';
import type { Instance } from '../hook.ts';
import { withRetries } from '../retry.ts';
import { causeOf, isTransient, transferFault } from '../storage-faults.ts';
import { writeFault } from './fault-file.ts';
import { uriOf } from './object-bytes.ts';
import { bytesFile, faultFile, partFile, type Segment, wantFile } from './segments.ts';

/** Downloads that are under way at a time. */
const WIDTH = 16;

/**
 * The agent's side of the spool: brings in what a feeder asks for. It remembers nothing: a wish is a file, so an agent after a crash
 * sees the same wishes.
 */
export class Supply {
  readonly #folder: string;
  readonly #instance: Instance;
  readonly #stop = new AbortController();
  readonly #busy = new Set<string>();
  /** What an agent before us was bringing in when it was abandoned must not get into our files. */
  readonly #name = randomUUID();

  constructor(folder: string, instance: Instance) {
    this.#folder = folder;
    this.#instance = instance;
  }

  /** Begins to bring in the wishes that are there, as many as may be under way. */
  async look(): Promise<void> {
    const names = await readdir(this.#folder).catch(() => []);
    for (const name of names) {
      if (name.endsWith('.part') && !name.includes(this.#name)) {
        await rm(join(this.#folder, name), { force: true }); // Of an agent that was killed.
      }
      const id = /^(.*)\.want$/.exec(name)?.[1];
      if (id === undefined || this.#busy.has(id)) continue;
      if (this.#busy.size >= WIDTH || this.#stop.signal.aborted) return;
      this.#busy.add(id);
      this.#serve(id)
        .catch((error) => this.#instance.environment.log(`${this.#folder}, ${id}: ${error}`))
        .finally(() => {
          this.#busy.delete(id);
          void this.look();
        });
    }
  }

  close(): void {
    this.#stop.abort(new Error('the agent was abandoned'));
  }

  async #serve(id: string): Promise<void> {
    const path = (file: (id: string) => string) => join(this.#folder, file(id));
    let segment: Segment;
    try {
      segment = JSON.parse(readFileSync(path(wantFile), 'utf8')) as Segment;
    } catch {
      return; // Taken back meanwhile.
    }
    const part = join(this.#folder, partFile(id, this.#name));
    try {
      await this.#download(segment, part);
      if (this.#stop.signal.aborted) return;
      // What is not wanted any more nobody would remove.
      if (await isThere(path(wantFile))) await rename(part, path(bytesFile));
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      const where = `${DOWNLOAD_FAILED}object "${uriOf(segment.object)}"`;
      writeFault(path(faultFile), transferFault(where, error));
    }
    await rm(part, { force: true });
    await rm(path(wantFile), { force: true });
  }

  async #download({ object, start, length }: Segment, path: string): Promise<void> {
    const { storage, clock, log } = this.#instance.environment;
    const { signal } = this.#stop;
    const listed = { ...object, lastModified: new Date(object.lastModified) };
    const download = async () => {
      await rm(path, { force: true });
      await storage.downloadRange(listed, { start, length }, path, signal);
      const { size } = await stat(path);
      if (size !== length) throw new Error(`${size} bytes came for the ${length} that were asked for`);
    };
    await withRetries(download, {
      clock,
      signal,
      mayRetry: isTransient,
      onRetry: (error, ms) => log(`${uriOf(object)}: ${causeOf(error)}; trying again in ${ms} ms`),
    });
  }
}

const isThere = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );
