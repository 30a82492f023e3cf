import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { withOwnFiles } from '../process/inherited-files.ts';

/** A process to be started. */
export interface ShellLaunch {
  readonly command: readonly string[];
  /** The file that its output is appended to. */
  readonly output: string;
  /** The file that its descriptor 3 appends to. */
  readonly status: string;
  /** The program itself sees to it that it hears SIGINT and SIGQUIT again. */
  readonly hears?: boolean;
}

interface Order extends PromiseWithResolvers<number> {
  /** What the shell reads, which then tells one number of it. */
  readonly text: string;
  /** How many shells have been given it. */
  tries: number;
}

const REAP = 'jobs > /dev/null\n';
/** A shell has its background processes ignore these signals, but algorithms may wait for them. GNU's env, since 8.31, can undo it. */
const HEARING = 'env --default-signal=INT,QUIT';
const LEARN_HEARING = `${HEARING} true > /dev/null 2>&1 && hearing='${HEARING}'\n`;
/** An order that so many shells died of is refused. */
const MOST_TRIES = 2;

/**
 * Starts processes from a small shell that stands by, with an empty environment, in `/`. To fork this server takes milliseconds of its
 * main thread, for the tables of all its memory are copied; the shell has next to none. What it starts owes nothing to it: it may die,
 * and so may the server, with which it goes. Then what it has not told of is started again by another one, so it may be started twice.
 */
export class StandByShell {
  #shell: ChildProcess | undefined;
  /** Those whose process nobody has told of yet. */
  readonly #orders = new Map<number, Order>();
  #given = 0;
  readonly #program: string;

  constructor(program = '/bin/sh') {
    this.#program = program;
  }

  /** Resolves with the number of the process, which may have ended by then. Rejects when nothing can be started. */
  start({ command, output, status, hears = false }: ShellLaunch): Promise<number> {
    const files = `< /dev/null >> ${quoted(output)} 2>&1 3>> ${quoted(status)}`;
    const program = hears ? words(command) : `$hearing ${words(command)}`;
    return this.#order((number) => `umask 077; ${program} ${files} & echo "${number} $!"`);
  }

  /** Runs a command that is silent. Resolves with its exit code. Rejects when nothing can be started. */
  run(command: readonly string[]): Promise<number> {
    const silent = `${words(command)} < /dev/null > /dev/null 2>&1`;
    return this.#order((number) => `(${silent}; echo "${number} $?") &`);
  }

  /** Lets go of those that have ended. The next start does so too. */
  reap(): void {
    this.#shell?.stdin?.write(REAP);
  }

  /** The shell's process; undefined when there is none. */
  get pid(): number | undefined {
    return this.#shell?.pid;
  }

  #order(textOf: (number: number) => string): Promise<number> {
    const number = ++this.#given;
    // In braces, so that an order which the server could not write to its end is no command.
    const text = `{ ${textOf(number)}\n${REAP}}\n`;
    const order = { ...Promise.withResolvers<number>(), text, tries: 0 };
    this.#orders.set(number, order);
    this.#give(number, order);
    return order.promise;
  }

  /** `lost`: what became of the shell that had it before. */
  #give(number: number, order: Order, lost?: Error): void {
    order.tries++;
    try {
      if (lost && order.tries > MOST_TRIES) throw lost;
      const shell = this.#standBy();
      holdOpen(shell, true);
      shell.stdin?.write(order.text);
    } catch (error) {
      this.#refuse(number, (error as Error).message);
    }
  }

  #refuse(number: number, why: string): void {
    this.#orders.get(number)?.reject(new Error(why));
    this.#orders.delete(number);
  }

  #standBy(): ChildProcess {
    if (this.#shell) return this.#shell;
    const shell = withOwnFiles(
      () => ['pipe', 'pipe', 'ignore'] as const,
      (stdio) => spawn(this.#program, ['-s'], { stdio, detached: true, env: {}, cwd: '/' }),
    );
    this.#shell = shell;
    shell.unref();
    holdOpen(shell, false);
    shell.on('error', (error) => this.#lose(shell, error));
    shell.on('exit', () => this.#lose(shell, new Error(`${this.#program} was killed`)));
    shell.stdin?.on('error', () => {}); // It has ended, which is told of.
    shell.stdin?.write(LEARN_HEARING);
    if (shell.stdout) createInterface({ input: shell.stdout }).on('line', (line) => this.#hear(shell, line));
    return shell;
  }

  #hear(shell: ChildProcess, line: string): void {
    const [number = 0, told = 0] = line.split(' ').map(Number);
    this.#orders.get(number)?.resolve(told);
    this.#orders.delete(number);
    if (this.#orders.size === 0) holdOpen(shell, false);
  }

  /** What it was given and has not told of is given to another one. */
  #lose(shell: ChildProcess, why: Error): void {
    if (this.#shell !== shell) return;
    this.#shell = undefined;
    shell.stdin?.destroy();
    for (const [number, order] of [...this.#orders]) this.#give(number, order, why);
  }
}

/** Whether the process is to go on as long as it waits for the shell. */
function holdOpen({ stdin, stdout }: ChildProcess, isWaitedFor: boolean): void {
  // Pipes of a child are sockets.
  for (const pipe of [stdin, stdout] as (Socket | null)[]) {
    if (isWaitedFor) pipe?.ref();
    else pipe?.unref();
  }
}

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
const words = (command: readonly string[]): string => command.map(quoted).join(' ');
