import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const launcher = fileURLToPath(new URL('../../bin/trainyard.js', import.meta.url));
const READY = /^trainyard ready on (http:\/\/\S+)/;
const READY_WITHIN_MS = 60_000;
/** How many of the server's last lines an error tells of. */
const LAST_LINES = 20;

export interface ServerOptions {
  readonly dataDir: string;
  /** 0, the default, picks a free one. */
  readonly port?: number;
  /** Settings as in trainyard.yaml. None of this machine's own count. */
  readonly settings?: object;
  /** The number of the one processor that it may run on. */
  readonly processor?: number;
  /** Told of each line that the server prints. */
  readonly onLine?: (line: string) => void;
}

/** What `trainyard env` prints: all that a client of AWS needs to find the server and to sign its requests. */
export interface ClientEnvironment {
  readonly AWS_ENDPOINT_URL: string;
  readonly AWS_ACCESS_KEY_ID: string;
  readonly AWS_SECRET_ACCESS_KEY: string;
  readonly AWS_REGION: string;
  readonly AWS_DEFAULT_REGION: string;
}

/** A Trainyard server as a child process. */
export class ServerProcess {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #dataDir: string;

  /** Does not outlive the process that started it, unless that is killed. */
  readonly #killAtExit = () => this.#child.kill('SIGKILL');

  private constructor(child: ChildProcess, url: string, dataDir: string) {
    this.#child = child;
    this.url = url;
    this.#dataDir = dataDir;
    process.on('exit', this.#killAtExit);
  }

  /** Resolves when the server accepts requests; rejects with its last lines when it ends before that. */
  static async start(options: ServerOptions): Promise<ServerProcess> {
    const child = await spawnServer(options);
    return new ServerProcess(child, await readyUrl(child, options.onLine), options.dataDir);
  }

  /** Starts a server and ends it with `kill -9` after `ms` milliseconds, ready or not. */
  static async startAndKill(options: ServerOptions, ms: number): Promise<void> {
    const child = await spawnServer(options);
    const timer = setTimeout(() => child.kill('SIGKILL'), ms);
    await once(child, 'exit');
    clearTimeout(timer);
    closeOutput(child);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** `flags`: further ones of `trainyard env`. */
  async clientEnvironment(...flags: readonly string[]): Promise<ClientEnvironment> {
    const place = ['--data-dir', this.#dataDir, '--config', settingsFile(this.#dataDir)];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [launcher, 'env', '--json', ...flags, ...place],
      {
        env: withoutOwnSettings(),
      },
    );
    return JSON.parse(stdout);
  }

  /** Ends the server cleanly. Its jobs go on. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Ends the server with `kill -9`. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (!hasEnded(this.#child)) {
      const ended = once(this.#child, 'exit');
      this.#child.kill(signal);
      await ended;
    }
    process.off('exit', this.#killAtExit);
    closeOutput(this.#child);
  }
}

/** JSON is YAML. */
const settingsFile = (dataDir: string) => join(dataDir, 'settings.yaml');

const withoutOwnSettings = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TRAINYARD_')));

async function spawnServer({ dataDir, port = 0, settings = {}, processor }: ServerOptions) {
  await writeFile(settingsFile(dataDir), JSON.stringify(settings));
  const place = ['--data-dir', dataDir, '--port', String(port), '--config', settingsFile(dataDir)];
  const command = [process.execPath, launcher, 'serve', ...place];
  const [program = '', ...args] =
    processor === undefined ? command : ['taskset', '-c', `${processor}`, ...command];
  // In a process group of its own: a Ctrl-C meant for the starter must not end the server before its jobs are stopped.
  return spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: withoutOwnSettings(),
  });
}

/** Something that the server started might still hold the other end. */
function closeOutput(child: ChildProcess): void {
  child.stdout?.destroy();
  child.stderr?.destroy();
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

/** Reads the server's output until it says where it is; goes on reading, so that the server never waits for a full pipe. */
async function readyUrl(child: ChildProcess, onLine: ServerOptions['onLine']): Promise<string> {
  const lastLines: string[] = [];
  const url = Promise.withResolvers<string>();
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on('line', (line) => {
      lastLines.push(line);
      if (lastLines.length > LAST_LINES) lastLines.shift();
      onLine?.(line);
      const ready = READY.exec(line)?.[1];
      if (ready) url.resolve(ready);
    });
  }
  const failed = (why: string) => url.reject(new Error([why, ...lastLines].join('\n  ')));
  child.once('error', (error) => failed(`the server could not be started: ${error.message}`));
  // `close`, not `exit`: by then its last lines were read.
  child.once('close', (code, signal) => failed(`the server ended (${signal ?? code}) before it was ready`));
  const overdue = setTimeout(() => {
    child.kill('SIGKILL');
    failed(`the server was not ready within ${READY_WITHIN_MS / 1000} s`);
  }, READY_WITHIN_MS);
  return url.promise.finally(() => clearTimeout(overdue));
}
