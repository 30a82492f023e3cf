import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { ordinaryFolder } from '../instance-folder.ts';
import { MemoryStorage } from '../testing/memory-storage.fixture.ts';
import { FolderSync } from './folder-sync.ts';
import { isSyncedName } from './marker-names.ts';
import type { Patience, Settling, SyncOptions } from './sync-options.ts';

const SETTLING: Settling = { quiet: 20, open: 60_000 };
const PATIENCE: Patience = { firstRetry: 2, longestRetry: 20, stall: 60_000, removal: 200, flush: 60_000 };
/** Nothing that is waited for takes nearly as long. */
const WITHIN_MS = 30_000;

export interface SyncPlace {
  /** The synced folder. */
  readonly root: string;
  readonly storage: MemoryStorage;
  readonly said: string[];
  path(...names: string[]): string;
  /** Opens the folder, as an agent does when it starts. Closed after the test. */
  open(change?: Partial<Settling & Patience>): Promise<FolderSync>;
  /** What S3 holds below the prefix, from path to content. */
  inS3(): Record<string, string>;
  /** What the folder holds of what is to be synced. */
  here(): Record<string, string>;
}

/** A folder and a store, `s3://b/ck/`. */
export function syncPlace(t: TestContext): SyncPlace {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'trainyard-sync-')));
  const root = join(home, 'checkpoints');
  mkdirSync(root);
  const storage = new MemoryStorage();
  storage.put('b', 'outside', 'not below the prefix');
  const said: string[] = [];
  const open = new Set<FolderSync>();
  t.after(async () => {
    await Promise.all([...open].map((each) => each.close()));
    rmSync(home, { recursive: true, force: true });
  });
  return {
    root,
    storage,
    said,
    path: (...names) => join(root, ...names),
    async open(change = {}) {
      const options: SyncOptions = {
        ...{ root, storage, bucket: 'b', prefix: 'ck/', shownAs: '/opt/ml/checkpoints' },
        isThere: async () => (await ordinaryFolder(home, 'checkpoints')) !== undefined,
        journal: join(home, 'journal'),
        settling: { ...SETTLING, ...change },
        patience: { ...PATIENCE, ...change },
        say: (line) => said.push(line),
        log: (line) => said.push(`log: ${line}`),
      };
      const sync = await FolderSync.open(options);
      open.add(sync);
      return sync;
    },
    inS3: () =>
      Object.fromEntries(
        storage
          .keys('b')
          .filter((key) => key.startsWith('ck/'))
          .map((key) => [key.slice(3), storage.get('b', key).toString()]),
      ),
    here: () =>
      Object.fromEntries(
        readdirSync(root, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile() && isSyncedName(entry.name))
          .map((entry) => join(entry.parentPath, entry.name))
          .sort()
          .map((path) => [path.slice(root.length + 1), readFileSync(path, 'utf8')]),
      ),
  };
}

/** Waits until something holds. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  for (const started = performance.now(); !holds(); await delay(5)) {
    if (performance.now() - started > WITHIN_MS) throw new Error(`not within ${WITHIN_MS / 1000} s: ${what}`);
  }
}
