import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { clientEnvironment } from '../harness/environment.ts';
import { pythonClients } from '../harness/python.ts';
import { gone, NpxFolder } from '../terminal/npx.ts';
import { blockOf } from './page-blocks.ts';

const WITHIN_MS = 200_000;

/** Files that a page takes for granted: the reader's own. */
export type OwnFiles = Readonly<Record<string, string>>;

/** Blocks to be typed: the page, and the name of each. */
export type Typed = Readonly<Record<string, readonly string[]>>;

/**
 * Types blocks of pages into one shell, as they stand there, in a folder that has the package. A server that they start gets a free port and
 * a data directory of its own from the environment, and is ended as the shell's child is: by its npx. `then` is typed
 * after all. Returns what was printed.
 */
export async function typed(
  t: TestContext,
  wanted: Typed,
  { files = {}, then = ':' }: { readonly files?: OwnFiles; readonly then?: string } = {},
): Promise<string> {
  const place = await NpxFolder.make(true);
  t.after(() => place.end());
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(place.folder, name)), { recursive: true });
    await writeFile(join(place.folder, name), text);
  }
  const named = Object.entries(wanted).flatMap(([page, names]) => names.map((name) => [page, name] as const));
  const blocks = await Promise.all(named.map(([page, name]) => blockOf(page, name)));
  const script = blocks.map(({ language, text }) =>
    language === 'python' ? `python - <<'END OF BLOCK'\n${text}END OF BLOCK\n` : text,
  );
  const lines = ['set -e', ...script, then, 'kill $!'].join('\n');
  const env = {
    ...clientEnvironment({}),
    ...place.environment,
    PATH: `${await pythonClients()}${delimiter}${place.environment.PATH}`,
    TRAINYARD_PORT: '0',
    TRAINYARD_DATA_DIR: place.dataDir,
  };
  const shell = spawn('bash', ['-c', lines], { cwd: place.folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [shell.stdout, shell.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const overdue = setTimeout(() => shell.kill('SIGKILL'), WITHIN_MS);
  const [code] = await once(shell, 'close');
  clearTimeout(overdue);
  if (code !== 0) throw new Error(`${named.join(' ')}: exit code ${code}\n${output}`);
  await gone(await place.serverPid());
  return output;
}
