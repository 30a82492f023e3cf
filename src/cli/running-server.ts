import { setTimeout as delay } from 'node:timers/promises';
import { layoutOf, readAddress, type ServerAddress } from '../server/data-folder.ts';

const ANSWERS_WITHIN_MS = 2000;
const LOOK_MS = 100;

/** The server that uses a data directory, if one answers there. */
export async function runningServer(dataDir: string): Promise<ServerAddress | undefined> {
  const address = readAddress(layoutOf(dataDir));
  if (!address) return undefined;
  try {
    const signal = AbortSignal.timeout(ANSWERS_WITHIN_MS);
    const { ok } = await fetch(`${address.url}/_trainyard/health`, { signal });
    return ok ? address : undefined;
  } catch {
    return undefined;
  }
}

/** The same, as soon as there is one; undefined when there is none within so many milliseconds. */
export async function serverWithin(ms: number, dataDir: string): Promise<ServerAddress | undefined> {
  for (const overdue = performance.now() + ms; ; ) {
    const server = await runningServer(dataDir);
    if (server || performance.now() > overdue) return server;
    await delay(LOOK_MS);
  }
}
