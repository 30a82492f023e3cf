import { execFile } from 'node:child_process';
import { link } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ordinaryFolder } from '../instance-folder.ts';

const run = promisify(execFile);

/** Makes FIFOs that everybody may read. Node.js itself can't make them. */
export async function makeFifos(...paths: readonly string[]): Promise<void> {
  await run('mkfifo', ['-m', '644', ...paths]);
}

/**
 * Lets the algorithm see a FIFO, under a second name: whatever it does to that, ours stays what it is, and no link of the
 * algorithm's leads us anywhere. Rejects when its place is taken or its folder is gone.
 */
export async function showFifo(path: string, ml: string, name: string): Promise<void> {
  const folder = await ordinaryFolder(ml, 'input', 'data');
  if (!folder) throw new Error('/opt/ml/input/data is not a folder any more');
  await link(path, join(folder, name));
}
