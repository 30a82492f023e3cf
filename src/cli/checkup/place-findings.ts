import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import { runningServer } from '../running-server.ts';
import { bytes } from '../screen/text.ts';
import type { Finding } from './finding.ts';

/** Less than this is soon gone. */
const LITTLE_BYTES = 5e9;
const TOO_LITTLE_BYTES = 100e6;

/** Where the server keeps its things, and where it listens. */
export async function placeFindings(settings: Settings): Promise<Finding[]> {
  const running = await runningServer(settings.dataDir);
  return [
    await dataFinding(settings.dataDir),
    await diskFinding(settings.dataDir),
    running === undefined
      ? await portFinding(settings)
      : { what: 'server', state: 'ok', found: `runs at ${running.url}` },
  ];
}

async function dataFinding(dataDir: string): Promise<Finding> {
  const found = await stat(dataDir).catch(() => undefined);
  const there = found ? dataDir : await existing(dataDir);
  const what = 'data';
  if (found && !found.isDirectory())
    return {
      what,
      state: 'problem',
      found: `${dataDir} is no folder`,
      remedy: 'Name another one by --data-dir.',
    };
  try {
    await access(there, constants.W_OK);
    return { what, state: 'ok', found: found ? dataDir : `${dataDir}, which the first start makes` };
  } catch {
    const remedy = 'Name a folder of yours by --data-dir, or make this one yours (chown).';
    return { what, state: 'problem', found: `${there} may not be written to`, remedy };
  }
}

async function diskFinding(dataDir: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(await existing(dataDir));
  const free = bavail * bsize;
  const what = 'disk';
  if (free >= LITTLE_BYTES) return { what, state: 'ok', found: `${bytes(free)} free` };
  const state = free < TOO_LITTLE_BYTES ? 'problem' : 'limit';
  return {
    ...{ what, state, found: `only ${bytes(free)} free for ${dataDir}` },
    remedy: 'Free some, or name a folder on a larger disk by --data-dir.',
  };
}

/** The folder itself, or the nearest one above it that there is. */
async function existing(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return found || dirname(path) === path ? path : existing(dirname(path));
}

function portFinding({ host, port }: Settings): Promise<Finding> {
  const what = 'port';
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      resolve({
        ...{
          what,
          state: 'problem',
          found: `${host}:${port} can't be listened on (${error.code ?? error.message})`,
        },
        remedy: 'Another program has it, or it is not this machine’s: choose others by --port and --host.',
      }),
    );
    server.listen({ host, port }, () =>
      server.close(() =>
        resolve({ what, state: 'ok', found: port === 0 ? 'any free one' : `${host}:${port} is free` }),
      ),
    );
  });
}
