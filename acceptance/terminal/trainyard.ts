import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { ServerProcess } from '../../examples/demo/server.ts';
import { clientEnvironment } from '../harness/environment.ts';

export const TRAINYARD = fileURLToPath(new URL('../../bin/trainyard.js', import.meta.url));
const SETTINGS = { stop: { graceSeconds: 2 }, executors: { process: { maxInstances: 4 } } };

export interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly complaint: string;
}

/** A server, a folder to work in, and the commands of `trainyard` in it. */
export class Workplace {
  readonly #root: string;
  readonly #dataDir: string;
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  #server: ServerProcess;

  private constructor(root: string, folder: string, dataDir: string, server: ServerProcess) {
    this.#root = root;
    this.folder = folder;
    this.#dataDir = dataDir;
    this.#server = server;
    // Node takes a terminal on a build server for one without colours.
    const { NO_COLOR: _, FORCE_COLOR: _1, CI: _2, ...environment } = clientEnvironment({});
    this.environment = { ...environment, TERM: 'xterm-256color', TRAINYARD_DATA_DIR: dataDir };
  }

  static async start(): Promise<Workplace> {
    const root = await mkdtemp(join(tmpdir(), 'trainyard-terminal-'));
    const dataDir = await mkdtemp(join(root, 'data-'));
    const folder = await mkdtemp(join(root, 'work-'));
    const server = await ServerProcess.start({ dataDir, settings: SETTINGS });
    return new Workplace(root, folder, dataDir, server);
  }

  async write(name: string, content: string | Uint8Array): Promise<void> {
    await writeFile(join(this.folder, name), content);
  }

  async killServer(): Promise<void> {
    await this.#server.kill();
  }

  /** On another port, most likely. */
  async startServer(): Promise<void> {
    this.#server = await ServerProcess.start({ dataDir: this.#dataDir, settings: SETTINGS });
  }

  async end(): Promise<void> {
    await this.#server.stop();
    await rm(this.#root, { recursive: true, force: true });
  }

  /** A command without a terminal. */
  start(words: readonly string[]): Running {
    const child = spawn(process.execPath, [TRAINYARD, ...words], {
      cwd: this.folder,
      env: this.environment,
    });
    return new Running(child);
  }

  run(...words: readonly string[]): Promise<Ended> {
    const running = this.start(words);
    running.child.stdin.end();
    return running.ended;
  }

  /** A command line in a terminal of its own, with so many columns. */
  terminal(line: string, columns = 80, more: NodeJS.ProcessEnv = {}): Running {
    const command = `stty cols ${columns} rows 24; trainyard() { '${process.execPath}' '${TRAINYARD}' "$@"; }; ${line}`;
    const child = spawn('script', ['-qefc', command, '/dev/null'], {
      cwd: this.folder,
      env: { ...this.environment, SHELL: '/bin/bash', ...more },
    });
    return new Running(child);
  }
}

/** A command on its way. */
export class Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
  #output = '';
  #complaint = '';

  constructor(child: ChildProcessWithoutNullStreams) {
    this.child = child;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaint += text;
    });
    for (const stream of [child.stdout, child.stderr]) stream.setMaxListeners(0);
    this.ended = new Promise((resolve) => {
      child.once('close', (code) => resolve({ code, output: this.#output, complaint: this.#complaint }));
    });
  }

  /** What it has printed, on both streams. */
  get said(): string {
    return this.#output + this.#complaint;
  }

  /** Resolves when it has printed that; rejects when it ends before. */
  async until(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.said)) {
      const more = new Promise<false>((resolve) => {
        for (const stream of [this.child.stdout, this.child.stderr])
          stream.once('data', () => resolve(false));
      });
      const isOver = await Promise.race([more, this.ended.then(() => true)]);
      if (isOver && !pattern.test(this.said)) throw new Error(`it ended without ${pattern}:\n${this.said}`);
    }
  }
}

/** The lines of what a terminal was sent, without colours. */
export const linesOf = (output: string): string[] =>
  stripVTControlCharacters(output)
    .split(/\r?\n/)
    .filter((line) => line !== '');
