import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import type { FolderStore } from '../../objects/embedded/folder-store.ts';
import { blobFiles } from '../../objects/embedded/temporary-store.fixture.ts';
import { BUCKET, MODEL, uploadPlace, uploadPlans } from '../testing/uploading-agent.fixture.ts';

const program = fileURLToPath(new URL('../testing/uploading-agent.fixture.ts', import.meta.url));

function temporaryPlace(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-upload-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return { store: join(folder, 'store'), agent: join(folder, 'agent') };
}

async function filesOf(store: FolderStore, compression: string): Promise<Map<string, Buffer>> {
  const read = (key: string) => buffer(store.read(store.head({ bucket: BUCKET, key })));
  const { objects } = store.list({ bucket: BUCKET, prefix: '', limit: 10 });
  const prefix = 'models/Toy-1/output/model';
  const files = new Map<string, Buffer>();
  if (compression === 'NONE') {
    for (const { key } of objects) files.set(key.replace(`${prefix}/`, ''), await read(key));
    return files;
  }
  assert.deepEqual(
    objects.map(({ key }) => key),
    [`${prefix}.tar.gz`],
  );
  const tar = extract();
  tar.end(gunzipSync(await read(`${prefix}.tar.gz`)));
  for await (const entry of tar) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry) chunks.push(chunk as Uint8Array);
    files.set(entry.header.name, Buffer.concat(chunks));
  }
  return files;
}

describe('an agent that is killed while it uploads leaves nothing that looks whole', () => {
  // At the first bytes, in the middle, and between the store's commit and the agent's answer.
  const runs = ['GZIP', 'NONE'].flatMap((compression) =>
    ['1', '4', '7', 'stored'].flatMap((moment) => [1, 2].map((hosts) => ({ compression, moment, hosts }))),
  );
  for (const { compression, moment, hosts } of runs) {
    const when = moment === 'stored' ? 'the commit' : `chunk ${moment}`;
    test(`${compression}, ${hosts} host${hosts > 1 ? 's' : ''}, at ${when}`, async (t) => {
      const { store: storeFolder, agent: agentFolder } = temporaryPlace(t);
      mkdirSync(agentFolder);
      const killed = spawnSync(process.execPath, [
        program,
        storeFolder,
        agentFolder,
        compression,
        `${hosts}`,
        moment,
      ]);
      assert.equal(killed.signal, 'SIGKILL', killed.stderr.toString());
      const plans = uploadPlans(compression, hosts);
      const { upload, store, close } = await uploadPlace(storeFolder, agentFolder, plans);
      t.after(close);
      const left = store.list({ bucket: BUCKET, prefix: '', limit: 10 });
      // What is there is whole, and what is not there has left no bytes.
      if (moment === 'stored') assert.ok(left.objects.length > 0);
      if (compression === 'GZIP' && moment !== 'stored') assert.deepEqual(left.objects, []);
      const blobs = left.objects.flatMap((object) => object.blobs.map(({ id }) => id));
      assert.deepEqual(blobFiles(storeFolder), blobs.sort());
      if (left.objects.length > 0)
        for (const [name, bytes] of await filesOf(store, compression))
          assert.ok(MODEL.get(name)?.equals(bytes), name);
      // The next agent does it again.
      await upload();
      const files = await filesOf(store, compression);
      assert.deepEqual([...files.keys()].sort(), [...MODEL.keys()]);
      for (const [name, bytes] of files) assert.ok(MODEL.get(name)?.equals(bytes), name);
    });
  }
});

/** The beginning of a command that runs the rest with a folder on a file system of a few bytes; undefined where that can't be had. */
function smallDisk(folder: string, bytes: number): string[] | undefined {
  const command = ['bwrap', '--dev-bind', '/', '/', '--size', `${bytes}`, '--tmpfs', folder];
  return spawnSync(command[0] ?? '', [...command.slice(1), 'true']).status === 0 ? command : undefined;
}

describe('a store whose disk is full', () => {
  for (const compression of ['GZIP', 'NONE']) {
    test(`fails the upload with that reason and keeps nothing of it: ${compression}`, async (t) => {
      const place = temporaryPlace(t);
      mkdirSync(place.store);
      mkdirSync(place.agent);
      const [command, ...options] = smallDisk(place.store, 3 * 1024 * 1024) ?? [];
      if (!command) return t.skip('no small file system can be made here');
      const uploads = [process.execPath, program, place.store, place.agent, compression];
      const { stdout, stderr } = spawnSync(command, [...options, ...uploads], { encoding: 'utf8' });
      const { outcome, keys } = JSON.parse(stdout || `"${stderr}"`);
      assert.match(outcome, /^ClientError: Artifact upload failed: s3:\/\/out\/.*no space left on device/);
      assert.ok(!keys.some((key: string) => key.endsWith('.tar.gz') || key.endsWith('b.bin')), String(keys));
    });
  }
});
