import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readFailureFile } from './failure-file.ts';

/** An `/opt/ml` of its own: `path` is where the failure file goes. */
async function mlFolder(context: TestContext) {
  const ml = await mkdtemp(join(tmpdir(), 'trainyard-failure-'));
  context.after(() => rm(ml, { recursive: true, force: true }));
  await mkdir(join(ml, 'output'));
  const said: string[] = [];
  return {
    ml,
    said,
    path: join(ml, 'output', 'failure'),
    read: () => readFailureFile(ml, (line) => said.push(line)),
  };
}

test('its text is what the algorithm wrote', async (t) => {
  const { path, read } = await mlFolder(t);
  await writeFile(path, 'no such column: π\n');
  assert.equal(await read(), 'no such column: π\n');
});

test('a missing or an empty file says nothing', async (t) => {
  const { path, read, said } = await mlFolder(t);
  assert.equal(await read(), undefined);
  await writeFile(path, '');
  assert.equal(await read(), undefined);
  assert.deepEqual(said, []);
});

test('the first 1,024 characters count, and none is cut in half', async (t) => {
  const { path, read } = await mlFolder(t);
  await writeFile(path, '漢'.repeat(2000));
  assert.equal(await read(), '漢'.repeat(1024));
  await writeFile(path, `a${'🚂'.repeat(1000)}`);
  assert.equal(await read(), `a${'🚂'.repeat(511)}`);
});

test('a huge file is not read whole', async (t) => {
  const { path, read } = await mlFolder(t);
  await writeFile(path, 'x');
  await truncate(path, 2 ** 40);
  assert.equal((await read())?.length, 1024);
});

test('a FIFO, a folder and a link are not read, and the log says so', async (t) => {
  const { ml, path, read, said } = await mlFolder(t);
  execFileSync('mkfifo', [path]);
  assert.equal(await read(), undefined);
  await rm(path);
  await mkdir(path);
  assert.equal(await read(), undefined);
  await rm(path, { recursive: true });
  await writeFile(join(ml, 'secret'), 'a file of the machine');
  await symlink(join(ml, 'secret'), path);
  assert.equal(await read(), undefined);
  assert.equal(said.length, 3);
  for (const line of said) assert.match(line, /^\/opt\/ml\/output\/failure was not read: /);
});

test('an output folder that is a link is not followed', async (t) => {
  const { ml, read } = await mlFolder(t);
  await mkdir(join(ml, 'elsewhere'));
  await writeFile(join(ml, 'elsewhere', 'failure'), 'a file of the machine');
  await rm(join(ml, 'output'), { recursive: true });
  await symlink(join(ml, 'elsewhere'), join(ml, 'output'));
  assert.equal(await read(), undefined);
});
