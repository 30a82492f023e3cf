import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const TRAINYARD = fileURLToPath(new URL('../../bin/trainyard.js', import.meta.url));
const LOOK_MS = 50;

/** A folder with the package installed, in which `npx trainyard` is typed. */
export class NpxFolder {
  readonly folder: string;
  readonly dataDir: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly #children: ChildProcess[] = [];

  private constructor(folder: string) {
    this.folder = folder;
    this.dataDir = join(folder, 'data');
    const path = (process.env.PATH ?? '').split(delimiter).filter((each) => !each.includes('node_modules'));
    // Neither this checkout's Node.js nor what the npm that runs us has told us.
    const own = Object.entries(process.env).filter(([name]) => !/^(npm_|AWS_|TRAINYARD_|CI$)/i.test(name));
    this.environment = { ...Object.fromEntries(own), PATH: path.join(delimiter), SHELL: '/bin/bash' };
  }

  /** `withNode`: npm puts the Node.js that the package brings first on the PATH, as it does unless another one was installed. */
  static async make(withNode: boolean): Promise<NpxFolder> {
    const folder = await mkdtemp(join(tmpdir(), 'trainyard-npx-'));
    const bin = join(folder, 'node_modules/.bin');
    await mkdir(bin, { recursive: true });
    await symlink(TRAINYARD, join(bin, 'trainyard'));
    if (withNode) await symlink(process.execPath, join(bin, 'node'));
    return new NpxFolder(folder);
  }

  /** The words that serve in the background, with what is said in a file. */
  get serve(): string {
    return `npx --no-install trainyard serve --port 0 --data-dir '${this.dataDir}'`;
  }

  /** Runs a shell's lines. In a group of its own, as a terminal or a CI machine has it. */
  shell(program: string, ...args: readonly string[]): ChildProcess {
    const child = spawn(program, args, {
      ...{ cwd: this.folder, env: this.environment, detached: true },
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    this.#children.push(child);
    return child;
  }

  /** The number of the server's process, when it has said that it is ready. */
  async server(): Promise<number> {
    while (!/^trainyard ready/m.test(await this.said())) await delay(LOOK_MS);
    return this.serverPid();
  }

  /** The number of the process of the last server that was ready. */
  async serverPid(): Promise<number> {
    return JSON.parse(await readFile(join(this.dataDir, 'server.json'), 'utf8')).pid;
  }

  /** What the server has printed, to the file `log`. */
  said(): Promise<string> {
    return readFile(join(this.folder, 'log'), 'utf8').catch(() => '');
  }

  async end(): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const exited = once(child, 'exit');
      // All of it: a shell that waits for npx would not end alone.
      if (child.pid) process.kill(-child.pid, 'SIGKILL');
      await exited;
    }
    // What a failed test has left.
    const server = await this.serverPid().catch(() => undefined);
    if (server !== undefined && isThere(server)) {
      process.kill(server, 'SIGTERM');
      await gone(server);
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Resolves when there is no such process any more. */
export async function gone(pid: number): Promise<void> {
  while (isThere(pid)) await delay(LOOK_MS);
}

export function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
