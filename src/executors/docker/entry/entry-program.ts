import type { Hearing } from '../../process/process-table.ts';
import { PROGRAMS } from './programs.generated.ts';

/** The kinds of processor, in the words of container engines, that there is a first program for. */
export type EntryKind = keyof typeof PROGRAMS;

/** Where a container sees what is ours. */
export const OWN_FOLDER = '/.trainyard';
export const ENTRY = `${OWN_FOLDER}/entry`;
export const CLAIM = `${OWN_FOLDER}/claim`;
export const OUTPUT = `${OWN_FOLDER}/output`;
/** The folder of the lifelines of sessions. */
export const SESSIONS = `${OWN_FOLDER}/sessions`;

/** What the exit code of `entry terminate` says of process 1. */
export function hearingOfExitCode(code: number | null): Hearing {
  if (code === 3) return 'deaf';
  return code === 4 ? 'blocks' : 'catches';
}

export function isEntryKind(architecture: string): architecture is EntryKind {
  return Object.hasOwn(PROGRAMS, architecture);
}

/** The first program of containers on that kind of processor: entry.c, compiled. */
export function entryProgram(kind: EntryKind): Buffer {
  return Buffer.from(PROGRAMS[kind], 'base64');
}
