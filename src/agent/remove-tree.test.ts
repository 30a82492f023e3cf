import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { removeTree } from './remove-tree.ts';

function folderOf(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-remove-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [tree, kept] = [join(folder, 'tree'), join(folder, 'kept')];
  mkdirSync(join(tree, 'a/b'), { recursive: true });
  mkdirSync(kept);
  writeFileSync(join(kept, 'file'), '');
  return { tree, kept };
}

for (const files of [3, 500]) {
  test(`a folder with ${files} files goes, and nothing that its links lead to`, async (t) => {
    const { tree, kept } = folderOf(t);
    for (let file = 0; file < files; file++) writeFileSync(join(tree, 'a/b', `${file}`), '');
    symlinkSync(kept, join(tree, 'a', 'link'));
    symlinkSync('/nonexistent', join(tree, 'dangling'));
    chmodSync(join(tree, 'a/b'), 0);
    await removeTree(tree);
    assert.ok(!existsSync(tree));
    assert.ok(existsSync(join(kept, 'file')));
    await removeTree(tree);
  });
}

test('of a link the link goes', async (t) => {
  const { tree, kept } = folderOf(t);
  const link = join(tree, 'link');
  symlinkSync(kept, link);
  await removeTree(link);
  assert.ok(!existsSync(link));
  assert.ok(existsSync(join(kept, 'file')));
});
