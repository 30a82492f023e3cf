import { realpathSync } from 'node:fs';

/** A path without any link on the way; undefined when it leads to nothing. */
export function realPath(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}
