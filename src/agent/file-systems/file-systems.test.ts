import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { FileSystemDataSource } from '../../model/types.generated.ts';
import { JobFault } from '../../training/fault.ts';
import { never, planOf, testPlace } from '../testing/test-instance.fixture.ts';
import { fileSystemRefusal, sharedFolder, UnusableFileSystem } from './file-systems.ts';
import { findFileSystems, mountFileSystems } from './mount-file-systems.ts';

const ID = 'fs-0123456789abcdef0';

/** A file system with a folder `a/b` and a file, beside which is a folder that is not of it. */
function machine(t: TestContext) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'trainyard-fs-')));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const root = join(folder, 'root');
  mkdirSync(join(root, 'a/b'), { recursive: true });
  mkdirSync(join(folder, 'root-not'));
  writeFileSync(join(root, 'file'), '');
  symlinkSync('a/b', join(root, 'inner-link'));
  symlinkSync('../root-not', join(root, 'outer-link'));
  symlinkSync('/etc', join(root, 'a', 'absolute-link'));
  return { folder, root, fileSystems: { [ID]: { path: root, type: 'EFS' } } } as const;
}

const source = (DirectoryPath: string, more: Partial<FileSystemDataSource> = {}): FileSystemDataSource => ({
  FileSystemId: ID,
  FileSystemType: 'EFS',
  FileSystemAccessMode: 'ro',
  DirectoryPath,
  ...more,
});

const channel = (ChannelName: string, FileSystemDataSource: FileSystemDataSource) => ({
  ChannelName,
  DataSource: { FileSystemDataSource },
});

describe('the folder of a FileSystemDataSource', () => {
  it('is below the root of the file system', async (t) => {
    const { root, fileSystems } = machine(t);
    const expected: Record<string, string> = {
      '/': root,
      '': root,
      '/a/b': `${root}/a/b`,
      'a/b/': `${root}/a/b`,
      '/inner-link': `${root}/a/b`,
      '/a/./b': `${root}/a/b`,
    };
    for (const [path, folder] of Object.entries(expected))
      assert.equal(await sharedFolder(fileSystems, source(path)), folder, path);
  });

  it('may be anywhere when the setting is a link, or the root of the machine', async (t) => {
    const { folder, root } = machine(t);
    symlinkSync(root, join(folder, 'link'));
    assert.equal(await sharedFolder({ [ID]: { path: join(folder, 'link') } }, source('/a')), `${root}/a`);
    assert.equal(await sharedFolder({ [ID]: { path: '/' } }, source('/etc')), '/etc');
  });

  const refusals: readonly [what: string, source: FileSystemDataSource, message: RegExp][] = [
    [
      'of another id',
      source('/a', { FileSystemId: 'fs-99999999' }),
      /FileSystemId fs-99999999 .*setting fileSystems\.$/,
    ],
    [
      'of another type',
      source('/a', { FileSystemType: 'FSxLustre' }),
      /FileSystemType is FSxLustre.*fileSystems\.fs-0.*\.type/,
    ],
    [
      'that is not there',
      source('/none'),
      /DirectoryPath "\/none" is not a folder .*fileSystems\.fs-0.*\.path/,
    ],
    ['that is a file', source('/file'), /"\/file" is not a folder/],
    ['above', source('/../root-not'), /"\/\.\.\/root-not" is not a path/],
    ['above, by and by', source('/a/../../root-not'), /is not a path/],
    ['where a link leads out', source('/outer-link'), /"\/outer-link" leads out/],
    ['where an absolute link leads out', source('/a/absolute-link'), /leads out/],
    ['with a NUL character', source('/a\0'), /is not a path/],
  ];
  for (const [what, wanted, message] of refusals) {
    it(`is refused by a message that names member and setting: one ${what}`, async (t) => {
      const { fileSystems } = machine(t);
      const isRefusal = (error: unknown) =>
        error instanceof UnusableFileSystem && message.test(error.message);
      await assert.rejects(sharedFolder(fileSystems, wanted), isRefusal);
      const request = planOf({
        InputDataConfig: [channel('good', source('/a')), channel('bad', wanted)],
      }).request;
      assert.match((await fileSystemRefusal(request, fileSystems)) ?? '', message);
      assert.match(
        (await fileSystemRefusal(request, fileSystems)) ?? '',
        /^InputDataConfig\.DataSource\.FileSystemDataSource\./,
      );
    });
  }

  it('is not refused when it can be used', async (t) => {
    const { request } = planOf({ InputDataConfig: [channel('train', source('/a'))] });
    assert.equal(await fileSystemRefusal(request, machine(t).fileSystems), undefined);
  });
});

describe('a channel in a file system', () => {
  const PLAN = planOf({
    InputDataConfig: [
      channel('closed', source('/a/b')),
      channel('open', source('/a', { FileSystemAccessMode: 'rw' })),
    ],
  });

  it('is mounted as it was found, also after a crash and a change of the settings', async (t) => {
    const { root, fileSystems } = machine(t);
    const instance = await (await testPlace(t)).instance(PLAN);
    const configured = { ...instance, environment: { ...instance.environment, fileSystems } };
    await findFileSystems.run(configured, never());
    for (const each of [configured, instance]) {
      assert.deepEqual((await mountFileSystems.start(each))?.mounts, [
        { source: `${root}/a/b`, target: '/opt/ml/input/data/closed', readOnly: true },
        { source: `${root}/a`, target: '/opt/ml/input/data/open', readOnly: false },
      ]);
    }
  });

  it('fails the job when it is gone', async (t) => {
    const { root, fileSystems } = machine(t);
    rmSync(join(root, 'a/b'), { recursive: true });
    const instance = await (await testPlace(t)).instance(PLAN);
    await assert.rejects(
      findFileSystems.run({ ...instance, environment: { ...instance.environment, fileSystems } }, never()),
      (fault) =>
        fault instanceof JobFault &&
        /^Data download failed:channel "closed".*not a folder/.test(fault.message),
    );
  });

  it('is no concern of a job without one', async (t) => {
    const instance = await (await testPlace(t)).instance(planOf());
    await findFileSystems.run(instance, never());
    assert.equal(await mountFileSystems.start(instance), undefined);
  });
});
