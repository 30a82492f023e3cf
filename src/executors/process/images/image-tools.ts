import { spawn } from 'node:child_process';
import { findProgram } from '../find-program.ts';

/** The programs that images are brought with. */
export interface ImageTools {
  readonly skopeo: string;
  readonly umoci: string;
  /** What a program is started through, so that it ends with the server; empty where the machine lacks it. */
  readonly tied: readonly string[];
}

/** They are looked for at each use: one may be installed while the server runs. */
export function findImageTools(): ImageTools | undefined {
  const [skopeo, umoci, setpriv] = ['skopeo', 'umoci', 'setpriv'].map(findProgram);
  if (skopeo === undefined || umoci === undefined) return undefined;
  return { skopeo, umoci, tied: setpriv === undefined ? [] : [setpriv, '--pdeathsig', 'KILL', '--'] };
}

/** Why images can't be brought to this machine, with what to do about it, in one sentence; undefined when they can. */
export function missingImageTools(): string | undefined {
  const missing = ['skopeo', 'umoci'].filter((name) => findProgram(name) === undefined);
  if (missing.length === 0) return undefined;
  return `${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not installed (apt-get install skopeo umoci)`;
}

/** A program failed; the message is what it complained of. */
export class ToolFailed extends Error {
  constructor(complaint: string) {
    super(complaint);
    this.name = 'ToolFailed';
  }
}

const LONGEST_COMPLAINT = 16 * 1024;

/**
 * Runs a program to its end; resolves with what it printed. Rejects with `ToolFailed`, or with the signal's reason when it aborts.
 */
export function runTool(
  tied: ImageTools['tied'],
  command: readonly string[],
  signal: AbortSignal,
): Promise<Buffer> {
  signal.throwIfAborted();
  const [program = '', ...words] = [...tied, ...command];
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, {
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
      killSignal: 'SIGKILL',
      env: { ...process.env, LC_ALL: 'C' },
    });
    const printed: Buffer[] = [];
    let complaint = '';
    child.stdout.on('data', (chunk: Buffer) => printed.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk).slice(-LONGEST_COMPLAINT);
    });
    child.on('error', (error) => reject(signal.aborted ? signal.reason : new ToolFailed(error.message)));
    child.on('close', (code, killedBy) => {
      if (signal.aborted) reject(signal.reason);
      else if (code === 0) resolve(Buffer.concat(printed));
      else reject(new ToolFailed(complaint.trim() || `it ended with ${killedBy ?? `exit code ${code}`}`));
    });
  });
}
