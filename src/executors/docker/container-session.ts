import { type Duplex, PassThrough, type Readable, type Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { Exec, ExecStartOptions } from 'dockerode';
import { type Session, SessionRefused, type SessionRequest, type TerminalSize } from '../session.ts';
import { forwardStreams, forwardTerminal } from './attached-output.ts';
import type { StartedContainer } from './container-phase.ts';
import type { Engine } from './engine.ts';
import { engineWords, isConflict, isNotFound, isUnreachable } from './engine-fault.ts';
import { ENTRY, SESSIONS } from './entry/entry-program.ts';
import { Lifeline } from './lifeline.ts';

/** What is said of a command that did not end by itself. */
const KILLED = 137;
/** The engine may need a moment to note that a command has ended. */
const NOTED_WITHIN_MS = 10_000;
const NOTED_POLL_MS = 20;

/**
 * Runs a command in a running container, as whoever its algorithm is and with the same environment, folder and limits. Our own
 * program runs it there, for engines can't end one: it does when we let go of its lifeline, be it by a crash. Rejects with `SessionRefused`.
 */
export async function openContainerSession(
  engine: Engine,
  { folder, record }: StartedContainer,
  { command, terminal }: SessionRequest,
): Promise<Session> {
  const lifeline = await Lifeline.open(folder.sessions);
  const Tty = terminal !== undefined;
  const size = terminal ? `${terminal.rows}x${terminal.columns}` : '-';
  try {
    const exec = await engine.api.getContainer(record.name).exec({
      ...{ AttachStdin: true, AttachStdout: true, AttachStderr: true, Tty },
      Cmd: [ENTRY, 'attend', `${SESSIONS}/${lifeline.name}`, size, ...command],
      ...(terminal && { Env: [`TERM=${terminal.kind}`] }),
    });
    const options: ExecStartOptions = { hijack: true, stdin: true, Detach: false, Tty };
    return new ContainerSession(exec, await exec.start(options), lifeline, Tty);
  } catch (error) {
    lifeline.close();
    throw refusalOf(error);
  }
}

class ContainerSession implements Session {
  readonly input: Writable;
  readonly output: Readable;
  readonly errors: Readable;
  readonly ended: Promise<number>;
  readonly #exec: Exec;
  readonly #stream: Duplex;
  readonly #lifeline: Lifeline;
  readonly #hasTerminal: boolean;
  #resized: Promise<unknown> = Promise.resolve();

  constructor(exec: Exec, stream: Duplex, lifeline: Lifeline, hasTerminal: boolean) {
    this.#exec = exec;
    this.#stream = stream;
    this.#lifeline = lifeline;
    this.#hasTerminal = hasTerminal;
    stream.on('error', () => {}); // It ends the output, which says enough.
    const [output, errors] = [new PassThrough(), new PassThrough()];
    this.input = stream;
    this.output = output;
    this.errors = errors;
    this.ended = this.#follow(output, errors);
  }

  /** The order of sizes is kept: the last one counts. */
  resize({ rows, columns }: TerminalSize): void {
    if (!this.#hasTerminal) return;
    this.#resized = this.#resized.then(() => this.#exec.resize({ h: rows, w: columns })).catch(() => {}); // It has ended.
  }

  close(): void {
    this.#lifeline.close();
    this.#stream.destroy();
    this.output.destroy();
    this.errors.destroy();
  }

  /** A connection that breaks off ends the command: nobody is connected to it any more. */
  async #follow(output: PassThrough, errors: PassThrough): Promise<number> {
    if (this.#hasTerminal) await forwardTerminal(this.#stream, { output });
    else await forwardStreams(this.#stream, { output, errors });
    this.#lifeline.close();
    const code = await this.#exitCode();
    this.#stream.destroy();
    output.end();
    errors.end();
    return code;
  }

  async #exitCode(): Promise<number> {
    try {
      for (let waited = 0; waited < NOTED_WITHIN_MS; waited += NOTED_POLL_MS) {
        const { Running, ExitCode } = await this.#exec.inspect();
        if (!Running && ExitCode !== null) return ExitCode;
        await wait(NOTED_POLL_MS);
      }
    } catch {
      // Its container is gone, or the engine.
    }
    return KILLED;
  }
}

function refusalOf(error: unknown): SessionRefused {
  if (isNotFound(error) || isConflict(error)) return new SessionRefused('The algorithm has just ended.');
  if (isUnreachable(error)) return new SessionRefused("The container engine can't be reached now.");
  return new SessionRefused(`The container engine opens no session: ${engineWords(error)}.`);
}
