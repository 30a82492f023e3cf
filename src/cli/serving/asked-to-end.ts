import { isatty } from 'node:tty';
import { ONE_PRESS_MS } from '../running/interruption.ts';
import { isWhole, type NpmChain } from './npm-chain.ts';

/**
 * The kernel tells a process of its parent's end only by a call that Node.js has not, and the shell between us and npm may live on. A look
 * costs some microseconds, and only a server that npm waits for looks.
 */
const LOOK_MS = 250;
/** A terminal that is closed tells us as well as npm: for so long what it told us may come later. */
const HANG_UP_MS = 100;

export interface Reasons {
  /** Given for a server whose npm waits for it. */
  readonly npm: NpmChain | undefined;
  /** Whether the server has a terminal, with which it is to end. */
  readonly terminal: boolean;
}

/** Whether this process was given a terminal. `nohup` leaves it none; that it ignores SIGHUP is undone by Node.js before we see it. */
export const hasTerminal = (): boolean => [0, 1, 2].some((descriptor) => isatty(descriptor));

/** Resolves when the server is to end, with what is to be said of it. A second signal does not wait for requests in flight. */
export function onceAskedToEnd({ npm, terminal }: Reasons): Promise<string | undefined> {
  return new Promise((resolve) => {
    let askedAt: number | undefined;
    const ask = () => {
      const now = performance.now();
      // Once by the terminal and once by the launcher is one.
      if (askedAt !== undefined && now - askedAt > ONE_PRESS_MS) process.exit(1);
      askedAt ??= now;
      resolve(undefined);
    };
    process.on('SIGTERM', ask);
    process.on('SIGINT', ask);
    const watch = npm && watchNpm(npm, () => resolve('npm, which waited for this server, is gone'));
    // Who started us without a terminal wants us to outlive it, and the npm that dies of the same signal.
    process.on('SIGHUP', () => (terminal ? ask() : watch?.forget()));
    // Started by the launcher under an older Node.js, we end when it is gone.
    process.once('disconnect', () => resolve(undefined));
    process.channel?.unref();
  });
}

function watchNpm(npm: NpmChain, gone: () => void): { forget(): void } {
  let farewell: NodeJS.Timeout | undefined;
  const timer = setInterval(() => {
    if (isWhole(npm)) return;
    clearInterval(timer);
    farewell = setTimeout(gone, HANG_UP_MS);
  }, LOOK_MS);
  timer.unref();
  return {
    forget() {
      clearInterval(timer);
      clearTimeout(farewell);
    },
  };
}
