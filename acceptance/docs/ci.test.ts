import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { clientEnvironment } from '../harness/environment.ts';
import { pythonClients } from '../harness/python.ts';
import { gone } from '../terminal/npx.ts';
import { blockOf, blocksOf } from './page-blocks.ts';

const run = promisify(execFile);
const WITHIN_MS = 300_000;
const launcher = fileURLToPath(new URL('../../bin/trainyard.js', import.meta.url));

/** Runs the page's commands in a folder with the page's test (or another), where `node_modules` has this checkout. */
async function commands(t: TestContext, tests: string) {
  const folder = await mkdtemp(join(tmpdir(), 'trainyard-ci-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'node_modules/.bin'), { recursive: true });
  await symlink(launcher, join(folder, 'node_modules/.bin/trainyard'));
  await writeFile(join(folder, 'test.sh'), tests, { mode: 0o755 });
  const bin = await pythonClients();
  const env = clientEnvironment({});
  // Before the folder is removed, and whatever the commands end with: their server ends.
  const ended = run('/bin/sh', ['-euc', (await blockOf('docs/CI.md', 'ci')).text], {
    ...{ cwd: folder, timeout: WITHIN_MS },
    env: { ...env, TMPDIR: folder, PATH: `${bin}${delimiter}${env.PATH}` },
  });
  await ended.catch(() => {});
  const data = (await readdir(folder)).filter((name) => name.startsWith('tmp.'));
  const { pid } = JSON.parse(await readFile(join(folder, data.join(), 'server.json'), 'utf8'));
  await gone(pid);
  return ended;
}

test('a pipeline is tested in CI', async (t) => {
  const tests = (await blocksOf('docs/CI.md')).find(({ name }) => name === 'test.sh')?.text ?? '';
  const { stdout } = await commands(t, tests);
  assert.match(stdout, /the job is Completed\nand it counted two rows\n$/);
});

test('what the tests end with is what the commands end with', async (t) => {
  await assert.rejects(commands(t, '#!/bin/sh\nexit 7\n'), { code: 7 });
});
