import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { JobFault } from '../../training/fault.ts';
import { channelPath, placeObjects } from './key-mapping.ts';

const object = (key: string, size = 1) => ({ key, size });

const clientError =
  (...words: string[]) =>
  (error: unknown) =>
    error instanceof JobFault &&
    error.kind === 'ClientError' &&
    error.message.startsWith('Data download failed:') &&
    words.every((word) => error.message.includes(word));

describe('the path of a key', () => {
  // training contract §2.1
  const cases: readonly [prefix: string, key: string, path: string][] = [
    ['p/train/', 'p/train/a/x.csv', 'a/x.csv'],
    ['p/train', 'p/train/x.csv', 'x.csv'],
    ['Task1/input', 'Task1/input/test', 'test'],
    ['abalone.libsvm', 'abalone.libsvm', 'abalone.libsvm'],
    ['p/abalone.libsvm', 'p/abalone.libsvm', 'abalone.libsvm'],
    ['p/tra', 'p/train/x', 'train/x'],
    ['p/train', 'p/train-2/x', 'train-2/x'],
    ['', 'a/b.csv', 'a/b.csv'],
    ['p/', 'p/a//b.csv', 'a/b.csv'],
    ['p', 'p//b.csv', 'b.csv'],
    ['', '/etc/passwd', 'etc/passwd'],
    ['p/', 'p/ü/…', 'ü/…'],
    ['p/', 'p/a/', 'a'],
    ['p/train', 'p/train/', ''],
    ['p/train/', 'p/train/', ''],
  ];
  for (const [prefix, key, path] of cases) {
    test(`${key} below ${prefix || 'no prefix'}`, () => assert.equal(channelPath(prefix, key), path));
  }

  test('a name of 255 bytes is a file, one of 256 is a ClientError', () => {
    assert.equal(channelPath('', `${'ü'.repeat(127)}a`).length, 128);
    assert.throws(() => channelPath('', 'ü'.repeat(128)), clientError('ü'.repeat(128)));
  });

  for (const key of ['p/../x', 'p/a/..', 'p/./x', 'p/a\0b']) {
    test(`${JSON.stringify(key)} is a ClientError that names it`, () =>
      assert.throws(() => channelPath('p/', key), clientError(JSON.stringify(key))));
  }
});

describe('placing objects', () => {
  test('folder markers become folders and no files', () => {
    const { files, folders } = placeObjects('p/', [object('p/', 0), object('p/a/b/', 0), object('p/a/x')]);
    assert.deepEqual(
      files.map(({ path }) => path),
      ['a/x'],
    );
    assert.deepEqual(folders, ['a', 'a/b']);
  });

  test('a folder marker with content is refused, for its bytes have no place', () => {
    assert.throws(() => placeObjects('p/', [object('p/a/', 5)]), clientError('"p/a/"'));
  });

  test('a file and a folder of the same name are refused in either order, naming both', () => {
    for (const keys of [
      ['p/a', 'p/a/b'],
      ['p/a/b', 'p/a'],
    ]) {
      assert.throws(
        () =>
          placeObjects(
            'p/',
            keys.map((key) => object(key)),
          ),
        clientError('"p/a"', '"p/a/b"'),
      );
    }
    assert.throws(
      () => placeObjects('p/', [object('p/a'), object('p/a/', 0)]),
      clientError('"p/a"', '"p/a/"'),
    );
  });

  test('two keys with the same path are refused, naming both', () => {
    assert.throws(
      () => placeObjects('p/t', [object('p/t/t.csv'), object('p/t.csv')]),
      clientError('"p/t/t.csv"', '"p/t.csv"'),
    );
    assert.throws(() => placeObjects('', [object('a//b'), object('a/b')]), clientError('"a//b"', '"a/b"'));
  });
});

test('whatever the keys are, each file has a place of its own inside the folder, or the job is refused', () => {
  const name = fc.constantFrom('a', 'b', 'train', '..', '.', '', 'ü', 'x'.repeat(300), 'c\0', '\\', ' ');
  const key = fc.array(name, { minLength: 1, maxLength: 5 }).map((names) => names.join('/'));
  const keys = fc.tuple(
    fc.constantFrom('', 'a', 'a/', 'a/b', '/', '..', 'train'),
    fc.uniqueArray(key, { maxLength: 6 }),
  );
  let placed = 0;
  fc.assert(
    fc.property(keys, ([prefix, suffixes]) => {
      const objects = suffixes.map((suffix) => object(prefix + suffix)).filter(({ key }) => key !== '');
      let placement: ReturnType<typeof placeObjects>;
      try {
        placement = placeObjects(prefix, objects);
      } catch (error) {
        assert.ok(clientError()(error), String(error));
        return;
      }
      placed += placement.files.length;
      const paths = placement.files.map(({ path }) => path);
      assert.equal(paths.length, objects.length);
      assert.equal(new Set(paths).size, paths.length);
      for (const path of [...paths, ...placement.folders]) {
        assert.ok(posix.resolve('/channel', path).startsWith('/channel/'), path);
        assert.equal(posix.normalize(path), path);
        assert.ok(!path.startsWith('/') && !path.includes('\0'));
      }
      for (const path of paths) {
        const folder = posix.dirname(path);
        assert.ok(folder === '.' || placement.folders.includes(folder), `no folder for ${path}`);
        assert.ok(!placement.folders.includes(path), `${path} is a folder as well`);
      }
    }),
    { numRuns: 2000 },
  );
  assert.ok(placed > 0, 'no placement was ever made');
});
