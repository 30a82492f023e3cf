import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { sourceOf } from './source-folder.ts';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'trainyard-source-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  for (const name of ['src', 'trainyard-output/job', '.git'])
    mkdirSync(join(path, name), { recursive: true });
  for (const name of ['train.py', 'src/a.py', 'data.bin', 'trainyard-output/job/model.tar.gz', '.git/x'])
    writeFileSync(join(path, name), 'x');
  symlinkSync('train.py', join(path, 'link.py'));
  return path;
}

const namesOf = async (path: string) => (await sourceOf(path)).map(({ name, kind }) => `${kind} ${name}`);

test('all of a folder is code but .git and what was brought back', async (t) => {
  const names = await namesOf(folder(t));
  assert.deepEqual(names, ['file data.bin', 'symlink link.py', 'file src/a.py', 'file train.py']);
});

test('what git ignores is no code, nor what was removed', async (t) => {
  try {
    execFileSync('git', ['--version']);
  } catch {
    t.skip('git is not installed');
    return;
  }
  const path = folder(t);
  rmSync(join(path, '.git'), { recursive: true });
  const git = (...words: string[]) => execFileSync('git', ['-C', path, ...words], { stdio: 'ignore' });
  git('init');
  writeFileSync(join(path, '.gitignore'), '*.bin\n');
  writeFileSync(join(path, 'gone.py'), 'x');
  git('add', 'gone.py');
  rmSync(join(path, 'gone.py'));
  const names = await namesOf(path);
  assert.deepEqual(names, ['file .gitignore', 'symlink link.py', 'file src/a.py', 'file train.py']);
});

test('too much is refused with the names of the largest', async (t) => {
  const path = folder(t);
  truncateSync(join(path, 'data.bin'), 300e6);
  await assert.rejects(sourceOf(path), /300 MB of code.*The largest: data\.bin \(300 MB\).*\.gitignore/);
});
