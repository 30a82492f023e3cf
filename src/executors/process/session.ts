import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { accessSync, readFileSync, readlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { type Session, SessionRefused, type SessionRequest, type TerminalSize } from '../session.ts';
import { withOwnFiles } from './inherited-files.ts';
import { BEGIN_SESSION, exportLines, quoted, RUN_COMMAND, RUN_IN_TERMINAL } from './session-script.ts';

/** The sandbox that a session enters. */
export interface SessionPlace {
  /** Process 1 of the sandbox, by its number outside. */
  readonly first: number;
  readonly cgroups: readonly string[];
}

/** The programs that make a session are our machine's, whatever the job's PATH says. */
const OWN_ENVIRONMENT = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };

/**
 * Runs a command in the sandbox of a running algorithm: in all its namespaces and cgroups, in its environment and folder, and like it
 * without a capability. Throws `SessionRefused`.
 */
export function openSession(place: SessionPlace, request: SessionRequest): Session {
  const { terminal, command } = request;
  requireNamespaceOfUsers(place);
  if (terminal) requireProgram(place, 'script', 'a terminal');
  const inner = terminal
    ? ['/bin/sh', '-c', RUN_IN_TERMINAL, 'sh', `exec ${command.map(quoted).join(' ')}`]
    : ['/bin/sh', '-c', RUN_COMMAND, 'sh', ...command];
  const words = [...place.cgroups, '--', ...entering(place), ...withoutCapabilities(place), ...inner];
  const child = withOwnFiles(
    () => ['pipe', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
    (stdio) =>
      spawn('/bin/sh', ['-c', BEGIN_SESSION, 'sh', ...words], {
        detached: true,
        stdio,
        env: OWN_ENVIRONMENT,
        cwd: '/',
      }),
  );
  return new SandboxSession(place, child, environmentOf(place, terminal));
}

class SandboxSession implements Session {
  readonly input: Writable;
  readonly output: Readable;
  readonly errors: Readable;
  readonly ended: Promise<number>;
  readonly #place: SessionPlace;
  readonly #child: ChildProcess;
  readonly #terminalName: Promise<string>;

  constructor(place: SessionPlace, child: ChildProcess, environment: string) {
    const [input, output, errors, variables, names, lifeline] = child.stdio as unknown as [
      Writable,
      Readable,
      Readable,
      Writable,
      Readable,
      Writable,
    ];
    this.input = input;
    this.output = output;
    this.errors = errors;
    this.#place = place;
    this.#child = child;
    this.ended = endOf(child);
    for (const stream of [input, output, errors, variables, names, lifeline]) stream.on('error', () => {});
    // What the command left in the background goes on.
    child.once('exit', () => lifeline.end('over\n'));
    variables.end(environment);
    this.#terminalName = firstLine(names);
  }

  resize(size: TerminalSize): void {
    void this.#resize(size);
  }

  close(): void {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    this.input.destroy();
    try {
      // The terminal goes with its keeper, and its processes get SIGHUP.
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }

  async #resize({ rows, columns }: TerminalSize): Promise<void> {
    const name = /^\/dev\/pts\/\d+$/.exec(await this.#terminalName)?.[0];
    if (name === undefined) return;
    const device = join(`/proc/${this.#place.first}/root`, name);
    const size = ['rows', String(rows), 'cols', String(columns)];
    execFile('stty', ['-F', device, ...size], { env: OWN_ENVIRONMENT }, () => {});
  }
}

/** All namespaces of the sandbox that are not ours too. */
const entering = ({ first }: SessionPlace): readonly string[] => [
  ...['nsenter', '--target', String(first), '--all', '--wd'],
  '--preserve-credentials',
];

/** Whoever enters a namespace of users has all capabilities in it, and root keeps them when it starts a program. */
function withoutCapabilities(place: SessionPlace): readonly string[] {
  if (process.getuid?.() !== 0) return [];
  requireProgram(place, 'setpriv', 'a session');
  return ['setpriv', '--no-new-privs', '--bounding-set=-all', '--inh-caps=-all'];
}

/** Capabilities in a namespace of users reach no further than it. Without one, the image's own programs would run with ours. */
function requireNamespaceOfUsers({ first }: SessionPlace): void {
  const users = (pid: number | 'self') => readlinkSync(`/proc/${pid}/ns/user`);
  try {
    if (users(first) !== users('self')) return;
  } catch {
    throw new SessionRefused('The algorithm has just ended.');
  }
  throw new SessionRefused('This machine has no user namespaces, without which a session is not safe.');
}

function requireProgram({ first }: SessionPlace, program: string, use: string): void {
  const isThere = ['usr/bin', 'bin', 'usr/sbin', 'sbin'].some((folder) => {
    try {
      accessSync(join(`/proc/${first}/root`, folder, program));
      return true;
    } catch {
      return false;
    }
  });
  if (!isThere)
    throw new SessionRefused(`The job's image has no ${program} (of util-linux), which ${use} needs.`);
}

/** The algorithm's own environment, as lines for a shell. */
function environmentOf({ first }: SessionPlace, terminal: SessionRequest['terminal']): string {
  const pairs = readFileSync(`/proc/${first}/environ`, 'utf8')
    .split('\0')
    .filter((pair) => pair.includes('='))
    .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const);
  const added = terminal && {
    TERM: terminal.kind,
    TRAINYARD_ROWS: String(terminal.rows),
    TRAINYARD_COLUMNS: String(terminal.columns),
  };
  return exportLines({ ...Object.fromEntries(pairs), ...added });
}

function endOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once('error', () => resolve(127));
    child.once('close', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}

/** The first line of a stream; what there is of it when the stream ends before. */
async function firstLine(stream: Readable): Promise<string> {
  let text = '';
  try {
    for await (const chunk of stream) {
      text += chunk;
      if (text.includes('\n')) break;
    }
  } catch {
    // The session ended before it had a terminal.
  }
  return text.trimEnd();
}
