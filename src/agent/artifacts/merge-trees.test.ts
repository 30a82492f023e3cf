import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { readFolderTree } from './folder-tree.ts';
import { type HostTree, mergeTrees } from './merge-trees.ts';
import { tarArchive } from './tar-archive.ts';

/** A host's folder with these files; a value that begins with `->` is a link. */
async function hostTree(
  context: TestContext,
  host: string,
  files: Readonly<Record<string, string>>,
): Promise<HostTree> {
  const folder = await mkdtemp(join(tmpdir(), 'trainyard-merge-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    if (content.startsWith('->')) await symlink(content.slice(2), join(folder, name));
    else await writeFile(join(folder, name), content);
  }
  return { host, tree: await readFolderTree(folder, '/opt/ml/model') };
}

/** The files of the archive that is made of trees. */
async function archived(trees: readonly HostTree[]): Promise<Record<string, string>> {
  const tar = extract();
  tar.end(gunzipSync(await buffer(tarArchive(mergeTrees(trees).entries, () => {}))));
  const files: Record<string, string> = {};
  for await (const entry of tar) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry) chunks.push(chunk as Uint8Array);
    if (entry.header.type === 'file') files[entry.header.name] = Buffer.concat(chunks).toString();
  }
  return files;
}

test('files of all hosts are in the archive, folders become one', async (t) => {
  const trees = [
    await hostTree(t, 'algo-2', { 'shards/2': 'two', 'z/last': 'z' }),
    await hostTree(t, 'algo-1', { 'shards/1': 'one', 'shards-index': 'i' }),
  ];
  assert.deepEqual(await archived(trees), {
    'shards/1': 'one',
    'shards/2': 'two',
    'shards-index': 'i',
    'z/last': 'z',
  });
  const { entries, remarks } = mergeTrees(trees);
  assert.deepEqual(
    entries.map(({ name }) => name),
    ['shards', 'shards/1', 'shards/2', 'shards-index', 'z', 'z/last'],
  );
  assert.deepEqual(remarks, []);
});

test('of a name that two hosts wrote, the lowest host’s is kept, and that is remarked', async (t) => {
  const trees = [
    await hostTree(t, 'algo-10', { model: 'tenth' }),
    await hostTree(t, 'algo-2', { model: 'second' }),
    await hostTree(t, 'algo-1', { other: 'first' }),
  ];
  assert.deepEqual(await archived(trees), { model: 'second', other: 'first' });
  assert.deepEqual(mergeTrees(trees).remarks, ['model of algo-10 was left out: algo-2 wrote it too']);
});

test('a folder in the place of a file or a link loses with all that is below it', async (t) => {
  const trees = [
    await hostTree(t, 'algo-1', { a: 'file', b: '->/etc', 'c/x': 'x' }),
    await hostTree(t, 'algo-2', { 'a/1': '1', 'a/2/3': '3', 'b/passwd': 'p', c: 'file', d: 'd' }),
  ];
  assert.deepEqual(await archived(trees), { a: 'file', 'c/x': 'x', d: 'd' });
  assert.deepEqual(mergeTrees(trees).remarks, [
    'algo-1: /opt/ml/model/b is a link to /etc, which is not in the artifact',
    'a of algo-2 was left out: algo-1 wrote it too',
    'b of algo-2 was left out: algo-1 wrote it too',
    'c of algo-2 was left out: algo-1 wrote it too',
  ]);
});

test('what may not be read on any host counts', async (t) => {
  const { tree } = await hostTree(t, 'algo-1', { a: 'a' });
  const unreadable = { ...tree, unreadable: 2 };
  assert.equal(
    mergeTrees([
      { host: 'algo-1', tree: unreadable },
      { host: 'algo-2', tree: unreadable },
    ]).unreadable,
    4,
  );
});
