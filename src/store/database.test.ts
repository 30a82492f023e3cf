import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Database } from './database.ts';

const SYNCED = 2;

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-database-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** What all open files have in common. */
async function fileHandlePrototype(): Promise<FileHandle> {
  await using file = await open(import.meta.filename);
  return Object.getPrototypeOf(file);
}

const level = (database: Database) =>
  (database.prepare('PRAGMA synchronous').get() as { synchronous: number }).synchronous;

test('what is unhurried waits for no disk, and everything after it does', (t) => {
  const database = new Database(join(folderOf(t), 'database'));
  t.after(() => database.close());
  assert.equal(level(database), SYNCED);
  assert.ok(database.unhurried(() => level(database)) < SYNCED);
  assert.equal(level(database), SYNCED);
  const fault = new Error('undo');
  const fail = () => {
    throw fault;
  };
  assert.throws(() => database.unhurried(fail), fault);
  assert.equal(level(database), SYNCED);
  assert.equal(
    database.transaction(() => database.unhurried(() => level(database))),
    SYNCED,
    'what is part of a transaction is on the disk with it',
  );
});

test('who waits for the disk is told when all that was committed before is there, many by one write', async (t) => {
  const database = new Database(join(folderOf(t), 'database'));
  t.after(() => database.close());
  database.prepare('CREATE TABLE notes (number INTEGER)').run();
  const datasync = t.mock.method(await fileHandlePrototype(), 'datasync').mock;
  const note = (number: number) => {
    database.prepare('INSERT INTO notes VALUES (?)').run(number);
    return database.onDisk();
  };
  await Promise.all(Array.from({ length: 50 }, (_, number) => note(number)));
  assert.equal(datasync.callCount(), 1);
  const first = note(50);
  // By then the disk writes for the first, and may have begun before this one was there.
  while (datasync.callCount() < 2) await new Promise((resolve) => setImmediate(resolve));
  await Promise.all([first, note(51), note(52)]);
  assert.equal(datasync.callCount(), 3);
  await new Database(':memory:').onDisk();
});

test('a disk that fails is told of to who waits for it', async (t) => {
  const database = new Database(join(folderOf(t), 'database'));
  t.after(() => database.close());
  const fault = new Error('EIO');
  t.mock.method(await fileHandlePrototype(), 'datasync', () => Promise.reject(fault));
  await assert.rejects(database.onDisk(), fault);
});

test('what is unhurried is whole or not there, and a kill loses nothing of it', (t) => {
  const path = join(folderOf(t), 'database');
  const module = new URL('./database.ts', import.meta.url).href;
  const program = `
    import { Database } from ${JSON.stringify(module)};
    const database = new Database(${JSON.stringify(path)}, { exclusive: true });
    database.prepare('CREATE TABLE notes (text TEXT)').run();
    const note = (text) => database.prepare('INSERT INTO notes VALUES (?)').run(text);
    database.unhurried(() => note('kept'));
    try { database.unhurried(() => { note('undone'); throw new Error(); }); } catch {}
    database.unhurried(() => { note('cut off'); process.kill(process.pid, 'SIGKILL'); });`;
  const { signal, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program]);
  assert.equal(signal, 'SIGKILL', `${stderr}`);
  const database = new Database(path);
  t.after(() => database.close());
  assert.deepEqual(
    database
      .prepare('SELECT text FROM notes')
      .all()
      .map((row) => ({ ...row })),
    [{ text: 'kept' }],
  );
});
