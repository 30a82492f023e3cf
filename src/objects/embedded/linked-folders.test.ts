import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { LinkedFolders } from './linked-folders.ts';

function temporary(t: TestContext) {
  const root = mkdtempSync(join(tmpdir(), 'trainyard-folders-'));
  t.after(() => rmSync(root, { recursive: true }));
  const folders = new LinkedFolders(root);
  /** Makes a folder with a file that holds the folder's name. */
  const make = (name: string, reader: string, keep = true) =>
    folders.make(name, reader, async (folder) => {
      await writeFile(join(folder, 'file'), name);
      return { keep };
    });
  /** What is on the disk, once all removals are done. */
  const left = async () => {
    await folders.close();
    assert.deepEqual(readdirSync(join(root, 'moving')), []);
    return readdirSync(join(root, 'made')).sort();
  };
  return { root, folders, make, left };
}

test('a folder is made once and taken by all who want it', async (t) => {
  const { folders, make } = temporary(t);
  assert.equal(folders.take('a', 'one'), undefined);
  const path = await make('a', 'one');
  assert.equal(folders.take('a', 'two'), path);
  assert.equal(readFileSync(join(path, 'file'), 'utf8'), 'a');
  assert.equal(folders.take('b', 'two'), undefined);
});

test('two who make the same folder at once get one', async (t) => {
  const { make, left } = temporary(t);
  const [one, two] = await Promise.all([make('a', 'one'), make('a', 'two')]);
  assert.equal(one, two);
  assert.deepEqual(readdirSync(join(dirname(one), 'readers')).sort(), ['one', 'two']);
  assert.deepEqual(await left(), ['a']);
});

test('one that can’t be filled leaves nothing', async (t) => {
  const { folders, left } = temporary(t);
  const fill = async (folder: string) => {
    await writeFile(join(folder, 'half'), '');
    throw new Error('the disk is full');
  };
  await assert.rejects(folders.make('a', 'one', fill), /the disk is full/);
  assert.deepEqual(await left(), []);
});

test('one without readers is kept for the next, unless it is not to be kept', async (t) => {
  const { folders, make, left } = temporary(t);
  await make('a', 'one');
  await make('brief', 'one', false);
  folders.take('brief', 'two');
  folders.letGo('one');
  assert.deepEqual(await left(), ['a', 'brief']);
  folders.letGo('two');
  assert.deepEqual(await left(), ['a']);
  assert.ok(folders.take('a', 'three'));
});

test('of those without readers only the eight that were read last are kept', async (t) => {
  const { root, folders, make, left } = temporary(t);
  for (let number = 0; number < 12; number++) {
    await make(`f${number}`, 'one');
    utimesSync(join(root, 'made', `f${number}`, 'readers'), number, number);
  }
  folders.take('f0', 'two');
  // Letting go counts as reading: the oldest is held, and the others' times are set anew.
  for (let number = 1; number < 12; number++) rmSync(join(root, 'made', `f${number}`, 'readers', 'one'));
  for (let number = 1; number < 12; number++)
    utimesSync(join(root, 'made', `f${number}`, 'readers'), number, number);
  folders.letGo('one');
  assert.deepEqual(await left(), ['f0', 'f10', 'f11', 'f4', 'f5', 'f6', 'f7', 'f8', 'f9']);
});

test('outdated folders go: at once, with their last reader, or when those being made are let go', async (t) => {
  const { folders, make, left } = temporary(t);
  await make('idle', 'one');
  folders.letGo('one');
  await make('read', 'two');
  await folders.make('being made', 'two', async () => {
    folders.outdate();
    return { keep: true };
  });
  assert.deepEqual(await left(), ['being made', 'read']);
  folders.letGo('two');
  assert.deepEqual(await left(), []);
});

test('a reader stays one over a crash, and what was being made is gone', async (t) => {
  const { root, make } = temporary(t);
  const path = await make('a', 'one');
  await make('b', 'one', false);
  mkdirSync(join(root, 'moving', 'half', 'files'), { recursive: true });
  const next = new LinkedFolders(root);
  await next.close();
  assert.deepEqual(readdirSync(join(root, 'moving')), []);
  assert.ok(existsSync(join(path, 'file')));
  next.letGo('another');
  assert.deepEqual(readdirSync(join(root, 'made')).sort(), ['a', 'b']);
  next.letGo('one');
  assert.deepEqual(readdirSync(join(root, 'made')), ['a']);
  await next.close();
});
