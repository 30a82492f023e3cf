import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { spreadFolders } from './spread-folders.ts';

function foldersOf(t: TestContext): string[] {
  const root = mkdtempSync(join(tmpdir(), 'trainyard-spread-'));
  t.after(() => rmSync(root, { recursive: true }));
  const folders = ['a', 'b'].map((name) => join(root, name));
  for (const folder of folders) mkdirSync(folder);
  return folders;
}

const EXT = 0xef53;
const isExt4 = process.platform === 'linux' && statfsSync(tmpdir()).type === EXT;

test('folders are told to be spread', { skip: isExt4 ? false : 'no ext4 here' }, async (t) => {
  const folders = foldersOf(t);
  await spreadFolders(folders);
  for (const folder of folders) {
    assert.match(execFileSync('lsattr', ['-d', folder], { encoding: 'utf8' }), /^\S*T\S* /);
  }
});

test('where that can not be, nothing is amiss', async (t) => {
  const [folder = ''] = foldersOf(t);
  await spreadFolders([join(folder, 'missing')]);
  const { PATH } = process.env;
  t.after(() => {
    process.env.PATH = PATH;
  });
  process.env.PATH = folder;
  await spreadFolders([folder]);
});
