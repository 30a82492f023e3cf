import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { kindOf } from './private-paths.ts';

/** Entries that tell root of other processes and of keys. */
const TELLING = ['keys', 'timer_list'];

/**
 * The options of bubblewrap that keep a sandbox of root's from changing the machine through `/proc`. Many files there ask who
 * one is, not what capabilities one has: with a writable `/proc/sys/kernel/core_pattern` root leaves any sandbox. An ordinary
 * user may write to none of them anyway.
 */
export function procOptions(): readonly string[] {
  if (process.getuid?.() !== 0) return [];
  changeable ??= changeableEntries();
  return [
    ...changeable.flatMap((path) => ['--ro-bind', path, path]),
    ...TELLING.map((name) => `/proc/${name}`)
      .filter((path) => kindOf(path) === 'file')
      .flatMap((path) => ['--ro-bind', '/dev/null', path]),
  ];
}

/** A kernel's entries are the same until the machine restarts. */
let changeable: readonly string[] | undefined;

function changeableEntries(): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => !/^\d+$/.test(name) && name !== 'self' && name !== 'thread-self')
    .map((name) => `/proc/${name}`)
    .filter((path) => path === '/proc/sys' || isChangeable(path));
}

/** Whether it is, or has anywhere in it, a file that root may write to and others may not. */
function isChangeable(path: string): boolean {
  const kind = kindOf(path);
  if (kind === 'file') return (lstatSync(path).mode & 0o222) !== 0 && (lstatSync(path).mode & 0o002) === 0;
  return kind === 'folder' && readdirSync(path).some((name) => isChangeable(join(path, name)));
}
