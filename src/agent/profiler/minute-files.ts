import { appendFileSync, existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

const MINUTE = 60;
/** A file of this name is not synced: it is still being written. */
const DRAFT = 'current.json.sagemaker-ignore';

/**
 * Lines in a file for each minute, `<YYYYMMDDHH>/<second of its end>.<host>.json` (training contract §9.4), where each file
 * appears when it is whole. The last one ends when the job does. Synchronous: what was written survives the server at any instant.
 */
export class MinuteFiles {
  readonly #folder: string;
  readonly #host: string;
  /** The second that the current minute ends at. */
  #end: number | undefined;

  /** Closes what an agent before a crash was writing. */
  constructor(folder: string, host: string) {
    this.#folder = folder;
    this.#host = host;
    if (existsSync(this.#draft)) this.#close(Math.ceil(statSync(this.#draft).mtimeMs / 1000));
  }

  get #draft(): string {
    return join(this.#folder, DRAFT);
  }

  /** `at`: epoch milliseconds, never before those of an earlier call. */
  append(lines: readonly object[], at: number): void {
    const second = at / 1000;
    if (this.#end !== undefined && second >= this.#end) this.#close(this.#end);
    this.#end ??= (Math.floor(second / MINUTE) + 1) * MINUTE;
    appendFileSync(this.#draft, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }

  /** No more lines come. */
  finish(at: number): void {
    if (existsSync(this.#draft)) this.#close(Math.ceil(at / 1000));
  }

  #close(end: number): void {
    this.#end = undefined;
    const hour = new Date(end * 1000).toISOString().slice(0, 13).replace(/\D/g, '');
    const path = join(this.#folder, hour, `${this.#free(hour, end)}.${this.#host}.json`);
    mkdirSync(dirname(path), { recursive: true });
    renameSync(this.#draft, path);
  }

  /** Two files of one second would be one: after a crash the next may have to end in the same. */
  #free(hour: string, end: number): number {
    const taken = existsSync(join(this.#folder, hour)) ? readdirSync(join(this.#folder, hour)) : [];
    let free = end;
    while (taken.includes(`${free}.${this.#host}.json`)) free++;
    return free;
  }
}
