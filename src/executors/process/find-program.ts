import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where an administrator's programs are, which not everyone's PATH names. */
const SYSTEM_FOLDERS = ['/usr/sbin', '/sbin'];

/** The path of a program of this machine; undefined when it is not installed. */
export function findProgram(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder.startsWith('/'));
  return [...folders, ...SYSTEM_FOLDERS].map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
