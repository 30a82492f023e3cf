import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type OpenFile, withOwnFiles } from '../inherited-files.ts';
import { LAUNCHER } from '../launch-script.ts';
import type { Machine } from '../machine.ts';
import { makeRunFolder, type RunFolder, replaceFile } from '../run-folder.ts';
import { isolation } from '../sandbox-options.ts';
import { PROGRAMS } from './programs.generated.ts';

/** Processors as Node names them, in the words of the programs. */
const KINDS: Readonly<Record<string, keyof typeof PROGRAMS>> = { x64: 'amd64', arm64: 'arm64' };

/** Inside of a sandbox it is no file to be seen, but an open one. */
const OWN_DESCRIPTOR = 7;
const OPEN_LAUNCHER = `/proc/self/fd/${OWN_DESCRIPTOR}`;

/** launcher.c, compiled for this machine. It is laid into each run folder, with which it goes. */
export type OwnLauncher = Buffer;

/** Resolves with undefined where shells have to do: on other processors, and where no program may run from the disk of instances. */
export async function findOwnLauncher(
  folder: RunFolder,
  { bubblewrap, abilities }: Pick<Machine, 'bubblewrap' | 'abilities'>,
): Promise<OwnLauncher | undefined> {
  const kind = KINDS[process.arch];
  if (kind === undefined || bubblewrap === undefined) return undefined;
  const launcher = Buffer.from(PROGRAMS[kind], 'base64');
  makeRunFolder(folder);
  layLauncher(folder, launcher);
  const facts = { hostname: 'algo-1', networkIsolation: false, hasNetwork: false, hasUsers: false };
  const options = [...isolation({ abilities, ...facts }), '--ro-bind', '/', '/', '--proc', '/proc'];
  const files = (open: OpenFile) => [...Array(OWN_DESCRIPTOR).fill('ignore'), open(folder.launcher, 'r')];
  const trial = withOwnFiles(files, (stdio) =>
    spawn(bubblewrap, [...options, '--', OPEN_LAUNCHER, 'try'], { stdio, env: {}, cwd: '/' }),
  );
  const [code] = await once(trial, 'exit').catch(() => [undefined]);
  return code === 0 ? launcher : undefined;
}

/** As a new file: an earlier launch of the instance may just run. */
export function layLauncher(folder: RunFolder, launcher: OwnLauncher): void {
  replaceFile(folder.launcher, launcher, 0o700);
}

/** The command that says in a sandbox that it stands, and becomes the one that follows. */
export const BEGIN = [OPEN_LAUNCHER, 'begin'] as const;

export interface OwnLaunch {
  readonly cgroups: readonly string[];
  /** The mounts that `command` has no use for. */
  readonly needless: readonly string[];
  /** bubblewrap, and what that is started through. */
  readonly command: readonly string[];
}

/** A launch by it. Like that of the shells (`launch-script.ts`), but that it hears all signals again. */
export function ownLaunch(
  { launcher, path }: RunFolder,
  { cgroups, needless, command }: OwnLaunch,
): readonly string[] {
  return [launcher, LAUNCHER, path, ...cgroups, '--', ...needless, '--', ...command];
}
