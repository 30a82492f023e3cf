import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { CannotStart } from './cannot-start.ts';
import { createLayout, layoutOf, openKeys } from './data-folder.ts';

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-data-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const refuses = (dataDir: string, message: RegExp) =>
  assert.throws(() => createLayout(layoutOf(dataDir)), { name: CannotStart.name, message });

test('the data directory is made with those above it, for its owner alone, and taken as it is then', (t) => {
  const layout = layoutOf(join(folderOf(t), 'a', 'b'));
  createLayout(layout);
  createLayout(layout);
  for (const folder of [layout.root, layout.objects, layout.logs, layout.instances])
    assert.equal(statSync(folder).mode & 0o777, 0o700, folder);
});

test('what is in the way of a data directory is named', (t) => {
  const folder = folderOf(t);
  const file = join(folder, 'file');
  writeFileSync(file, '');
  refuses(file, /^the data directory \S+file can't be used: \S+file is no folder\. Name another/);
  refuses(join(file, 'below'), /: \S+file is no folder\./);
  mkdirSync(join(folder, 'used'));
  writeFileSync(join(folder, 'used', 'objects'), '');
  refuses(join(folder, 'used'), /: \S+objects is no folder\./);
});

test('a folder that may not be written to is named', (t) => {
  // Root may write to all but the kernel's own.
  if (process.getuid?.() === 0) return refuses('/sys/nowhere', /: you may not write to \/sys\./);
  const folder = folderOf(t);
  chmodSync(folder, 0o500);
  refuses(folder, /: you may not write to \S+\./);
  refuses(join(folder, 'below'), /: you may not write to \S+[^w]\./);
});

test('keys that were changed by hand to what no server reads are named', (t) => {
  const layout = layoutOf(folderOf(t));
  writeFileSync(layout.keys, '{');
  assert.throws(() => openKeys(layout), { name: CannotStart.name, message: /keys\.json is no longer/ });
});
