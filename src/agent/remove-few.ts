import { lstatSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';

/** So many entries are removed, in some milliseconds; what is larger must not keep others waiting. */
const FEW = 200;

/** In a thread of its own: removes one small folder after the other, and tells of each whether it is gone. */
parentPort?.on('message', (path: string) => parentPort?.postMessage(removeFew(path)));

/** False: something is left, or is in the way. */
function removeFew(path: string): boolean {
  let left = FEW;
  const empty = (folder: string): boolean => {
    const entries = readdirSync(folder, { withFileTypes: true });
    left -= entries.length;
    if (left < 0) return false;
    for (const entry of entries) {
      const inside = join(folder, entry.name);
      if (!entry.isDirectory()) unlinkSync(inside);
      else if (!empty(inside)) return false;
    }
    rmdirSync(folder);
    return true;
  };
  try {
    // What a link leads to is not ours.
    return lstatSync(path).isDirectory() && empty(path);
  } catch {
    return false;
  }
}
