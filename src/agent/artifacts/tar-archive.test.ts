import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  appendFile,
  chmod,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readlink,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { readFolderTree, type TreeEntry } from './folder-tree.ts';
import { tarArchive } from './tar-archive.ts';

interface Unpacked {
  readonly header: Header;
  readonly content: Buffer;
}

async function temporaryFolder(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'trainyard-tar-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The entries of an archive by name, as tar-stream reads them back. */
async function unpack(archive: AsyncIterable<Uint8Array>): Promise<Map<string, Unpacked>> {
  const tar = extract();
  tar.end(gunzipSync(await buffer(archive)));
  const unpacked = new Map<string, Unpacked>();
  for await (const entry of tar) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry) chunks.push(chunk as Uint8Array);
    unpacked.set(entry.header.name, { header: entry.header, content: Buffer.concat(chunks) });
  }
  return unpacked;
}

async function archiveOf(
  folder: string,
  say: (line: string) => void = () => {},
): Promise<Map<string, Unpacked>> {
  const { entries } = await readFolderTree(folder, '/opt/ml/model');
  return unpack(tarArchive(entries, say));
}

test('names are relative to the folder; contents, modes and times are kept', async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, 'code', 'empty'), { recursive: true });
  const weights = randomBytes(3_000_000);
  await writeFile(join(folder, 'model.bin'), weights);
  await writeFile(join(folder, 'code', 'inference.py'), 'print()\n');
  await writeFile(join(folder, 'zero'), '');
  await chmod(join(folder, 'code', 'inference.py'), 0o750);
  await utimes(join(folder, 'model.bin'), 1_600_000_000, 1_600_000_000);
  const archive = await archiveOf(folder);
  assert.deepEqual([...archive.keys()], ['code', 'code/empty', 'code/inference.py', 'model.bin', 'zero']);
  assert.ok(archive.get('model.bin')?.content.equals(weights));
  assert.equal(archive.get('model.bin')?.header.mtime.getTime(), 1_600_000_000_000);
  assert.equal(archive.get('code/inference.py')?.content.toString(), 'print()\n');
  assert.equal(archive.get('code/inference.py')?.header.mode, 0o750);
  assert.equal(archive.get('code/empty')?.header.type, 'directory');
  assert.equal(archive.get('zero')?.header.size, 0);
  assert.equal(archive.get('zero')?.header.uid, process.getuid?.());
});

const UNPACK = 'import sys, tarfile; tarfile.open(sys.argv[1], "r:gz").extractall(sys.argv[3])';

/** Programs that unpack archives, where the machine has them. */
const READERS: readonly (readonly [string, ...string[]])[] = [
  ['tar', '-xzf'],
  ['bsdtar', '-xf'],
  ['python3', '-c', UNPACK],
];

test('what other programs make of it: long, odd and non-ASCII names', async (t) => {
  const folder = await temporaryFolder(t);
  const names = ['ü/漢字.txt', `${'d'.repeat(120)}/${'f'.repeat(200)}`, 'with space', 'line\nfeed', '-dash'];
  for (const name of names) {
    await mkdir(join(folder, 'model', name, '..'), { recursive: true });
    await writeFile(join(folder, 'model', name), name);
  }
  const { entries } = await readFolderTree(join(folder, 'model'), '/opt/ml/model');
  await writeFile(
    join(folder, 'model.tar.gz'),
    tarArchive(entries, () => {}),
  );
  const [archive, unpacked] = [join(folder, 'model.tar.gz'), join(folder, 'unpacked')];
  const list = async (path: string) => (await readdir(path, { recursive: true })).sort();
  for (const [command, ...options] of READERS) {
    if (spawnSync(command, ['--version']).error) continue;
    await mkdir(unpacked);
    execFileSync(command, [...options, archive, '-C', unpacked]);
    assert.deepEqual(await list(unpacked), await list(join(folder, 'model')), command);
    await rm(unpacked, { recursive: true });
  }
});

test('links stay links, wherever they lead, and a hard link is a file of its own', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'step-9'), 'weights');
  await symlink('step-9', join(folder, 'latest'));
  await symlink('/etc/passwd', join(folder, 'outside'));
  await symlink('../../../etc', join(folder, 'up'));
  await symlink('nowhere', join(folder, 'dangling'));
  await link(join(folder, 'step-9'), join(folder, 'hard'));
  const archive = await archiveOf(folder);
  const linkOf = (name: string) => [archive.get(name)?.header.type, archive.get(name)?.header.linkname];
  assert.deepEqual(linkOf('latest'), ['symlink', 'step-9']);
  assert.deepEqual(linkOf('outside'), ['symlink', '/etc/passwd']);
  assert.deepEqual(linkOf('up'), ['symlink', '../../../etc']);
  assert.deepEqual(linkOf('dangling'), ['symlink', 'nowhere']);
  assert.equal(archive.get('hard')?.content.toString(), 'weights');
  const { remarks } = await readFolderTree(folder, '/opt/ml/model');
  assert.deepEqual(remarks, [
    '/opt/ml/model/outside is a link to /etc/passwd, which is not in the artifact',
    '/opt/ml/model/up is a link to ../../../etc, which is not in the artifact',
  ]);
});

test('sockets and FIFOs are left out and told', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'model'), 'x');
  execFileSync('mkfifo', [join(folder, 'fifo')]);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(join(folder, 'socket'), resolve));
  t.after(() => server.close());
  const { entries, remarks, unreadable } = await readFolderTree(folder, '/opt/ml/model');
  assert.deepEqual(
    entries.map(({ name }) => name),
    ['model'],
  );
  assert.deepEqual(remarks, [
    '/opt/ml/model/fifo was left out: it is a FIFO',
    '/opt/ml/model/socket was left out: it is a socket',
  ]);
  assert.equal(unreadable, 0);
});

test('what may not be read is left out and told', async (t) => {
  const folder = await temporaryFolder(t);
  await chmod(folder, 0o755);
  await mkdir(join(folder, 'closed'));
  for (const name of ['good', 'secret', 'closed/inner']) await writeFile(join(folder, name), 'x');
  await chmod(join(folder, 'secret'), 0);
  await chmod(join(folder, 'closed'), 0);
  const root = process.geteuid?.() === 0;
  // Root may read everything: become somebody else for a moment.
  if (root) process.seteuid?.(65_534);
  const tree = await readFolderTree(folder, '/opt/ml/model').finally(() => root && process.seteuid?.(0));
  await chmod(join(folder, 'closed'), 0o700);
  assert.deepEqual(
    tree.entries.map(({ name }) => name),
    ['closed', 'good'],
  );
  assert.deepEqual(tree.remarks, [
    "/opt/ml/model/closed was left out: it can't be read (EACCES)",
    "/opt/ml/model/secret was left out: it can't be read (EACCES)",
  ]);
  assert.equal(tree.unreadable, 2);
});

test('a name that is not UTF-8 is written out, and its content is kept', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.from([0xe9])]), 'latin');
  const archive = await archiveOf(folder);
  assert.equal(archive.get('caf\\xe9')?.content.toString(), 'latin');
  const { remarks } = await readFolderTree(folder, '/opt/ml/model');
  assert.deepEqual(remarks, ['a name below /opt/ml/model is not UTF-8: it was stored as caf\\xe9']);
});

test('files that shrink or grow while they are read do not harm the archive', async (t) => {
  const folder = await temporaryFolder(t);
  for (const name of ['grows', 'shrinks', 'then'])
    await writeFile(join(folder, name), '0123456789'.repeat(100));
  const { entries } = await readFolderTree(folder, '/opt/ml/model');
  await appendFile(join(folder, 'grows'), 'more');
  await truncate(join(folder, 'shrinks'), 400);
  const said: string[] = [];
  const archive = await unpack(tarArchive(entries, (line) => said.push(line)));
  assert.equal(archive.get('grows')?.content.toString(), '0123456789'.repeat(100));
  assert.equal(archive.get('shrinks')?.content.toString(), '0123456789'.repeat(40) + '\0'.repeat(600));
  assert.equal(archive.get('then')?.content.toString(), '0123456789'.repeat(100));
  assert.deepEqual(said, [
    'grows grew while it was stored: it ends after 1000 bytes',
    'shrinks became shorter while it was stored: its last 600 bytes are zeros',
  ]);
});

test('a file that is written to while it is read is told', async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'weights');
  await writeFile(path, Buffer.alloc(1_000_000, 'old'));
  await utimes(path, 1_600_000_000, 1_600_000_000);
  const [entry] = (await readFolderTree(folder, '/opt/ml/model')).entries;
  assert.ok(entry);
  const said: string[] = [];
  let size = 0;
  for await (const chunk of entry.read((change) => said.push(change))) {
    if (size === 0) await writeFile(path, Buffer.alloc(1_000_000, 'new'));
    size += chunk.length;
  }
  assert.equal(size, 1_000_000);
  assert.deepEqual(said, ['was changed while it was stored: it may be partly old and partly new']);
});

test('times and owners beyond a header’s fields are kept in an extended one', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'file'), 'x');
  const { entries } = await readFolderTree(folder, '/opt/ml/model');
  const far: TreeEntry[] = entries.map((entry) => ({
    ...entry,
    stats: Object.assign(Object.create(entry.stats), { uid: 3_000_000, mtimeMs: 2 ** 33 * 1000 }),
  }));
  const entry = (await unpack(tarArchive(far, () => {}))).get('file');
  assert.equal(entry?.content.toString(), 'x');
  assert.deepEqual(entry?.header.pax, { path: 'file', uid: '3000000', mtime: String(2 ** 33) });
});

test('a file that can not be read any more fails the archive, and nothing stays open', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'a'), randomBytes(2_000_000));
  await writeFile(join(folder, 'gone'), 'x');
  const { entries } = await readFolderTree(folder, '/opt/ml/model');
  await rm(join(folder, 'gone'));
  await assert.rejects(unpack(tarArchive(entries, () => {})), /ENOENT/);
  assert.deepEqual(await openBelow(folder), []);
});

test('a reader that stops early ends everything', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'big'), randomBytes(5_000_000));
  const { entries } = await readFolderTree(folder, '/opt/ml/model');
  for await (const _ of tarArchive(entries, () => {})) break;
  assert.deepEqual(await openBelow(folder), []);
});

/** The files below a folder that this process holds open. */
async function openBelow(folder: string): Promise<string[]> {
  const descriptors = await readdir('/proc/self/fd').catch(() => []);
  const paths = await Promise.all(
    descriptors.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')),
  );
  return paths.filter((path) => path.startsWith(folder));
}
