import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const LOOK_MS = 50;
const WITHIN_MS = 60_000;

/** A terminal whose screen can be read: tmux's, by a server of its own. */
export class TerminalScreen {
  readonly #socket: string;

  private constructor(socket: string) {
    this.#socket = socket;
  }

  /** Whether there is such a thing on this machine. */
  static async isThere(): Promise<boolean> {
    return run('tmux', ['-V']).then(
      () => true,
      () => false,
    );
  }

  /** Runs a program in a terminal. Its files are in `folder`, which is the working one. */
  static async open(
    folder: string,
    environment: NodeJS.ProcessEnv,
    program: readonly string[],
  ): Promise<TerminalScreen> {
    // One of its own: a server that was told to end still has its socket for a moment.
    const socket = join(await mkdtemp(join(folder, 'tmux-')), 's');
    const size = ['-x', '100', '-y', '30'];
    // Else tmux asks the shell of whoever runs this.
    const env = { ...environment, SHELL: '/bin/sh', LC_ALL: 'C.UTF-8' };
    await run(
      'tmux',
      ['-S', socket, '-f', '/dev/null', 'new-session', '-d', ...size, '-c', folder, ...program],
      {
        env,
      },
    );
    return new TerminalScreen(socket);
  }

  /** Keys as they are written on them: `abc`, `Tab`, `C-u`, `Enter`. */
  async keys(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      const literal = /^(Tab|Enter|C-.)$/.test(key) ? [] : ['-l'];
      await this.#tmux('send-keys', ...literal, '--', key);
    }
  }

  /** Resolves when the screen shows that; rejects with what it shows when it does not come. */
  async until(pattern: RegExp): Promise<void> {
    for (const overdue = Date.now() + WITHIN_MS; ; ) {
      const shown = await this.#tmux('capture-pane', '-p', '-N');
      if (pattern.test(shown)) return;
      if (Date.now() > overdue) throw new Error(`the screen does not show ${pattern}:\n${shown}`);
      await delay(LOOK_MS);
    }
  }

  async close(): Promise<void> {
    await this.#tmux('kill-server').catch(() => {});
  }

  async #tmux(...args: readonly string[]): Promise<string> {
    const { stdout } = await run('tmux', ['-S', this.#socket, ...args]);
    return stdout;
  }
}
