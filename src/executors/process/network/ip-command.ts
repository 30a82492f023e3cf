import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { findProgram } from '../find-program.ts';

/** Where named network namespaces are, for every program of the machine. */
export const NAMESPACES = '/run/netns';

/** How long a command of `ip` may take, in milliseconds: they take some three. */
const PATIENCE_MS = 30_000;

/** The path that a named namespace is joined by. */
export function namespacePath(name: string): string {
  return join(NAMESPACES, name);
}

/** Runs commands of `ip` in one process. Rejects with its complaint. */
export async function ip(commands: readonly string[]): Promise<void> {
  await run(program('ip'), ['-batch', '-'], commands);
}

/** The same for commands about the interfaces of a namespace. */
export async function ipWithin(namespace: string, commands: readonly string[]): Promise<void> {
  await run(program('ip'), ['-n', namespace, '-batch', '-'], commands);
}

/** What `ip` tells, as JSON. */
export async function askIp(...words: readonly string[]): Promise<unknown> {
  const said = await run(program('ip'), ['-json', ...words], []);
  return said.trim() === '' ? [] : JSON.parse(said);
}

/** Runs commands of the shell in a namespace, and then of `ip`. */
export async function shellWithin(
  namespace: string,
  script: string,
  commands: readonly string[],
): Promise<void> {
  const enter = [`--net=${namespacePath(namespace)}`, '--'];
  const words = ['/bin/sh', '-c', `${script}\nexec "$0" -batch -`, program('ip')];
  await run(program('nsenter'), [...enter, ...words], commands);
}

function program(name: string): string {
  const path = findProgram(name);
  if (path === undefined) throw new Error(`${name} is not installed`);
  return path;
}

async function run(path: string, words: readonly string[], lines: readonly string[]): Promise<string> {
  const child = spawn(path, words, { env: {}, cwd: '/', timeout: PATIENCE_MS });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  child.stdin.on('error', () => undefined); // It ended before it had read all: its complaint says why.
  child.stdin.end(lines.map((line) => `${line}\n`).join(''));
  const [code, said, complaint] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  if (code !== 0)
    throw new Error(`${path}: ${complaint.trim().split('\n')[0] || `ended with ${code ?? 'a signal'}`}`);
  return said;
}
