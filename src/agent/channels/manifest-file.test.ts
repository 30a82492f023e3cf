import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JobFault } from '../../training/fault.ts';
import { parseManifest } from './manifest-file.ts';

const WHERE = 'channel "train": the manifest "s3://b/m.json"';

test('the rest of each key is appended to the prefix as it is, and an object is in the channel once', () => {
  // training contract §2.2
  const text = JSON.stringify([{ prefix: 's3://data/some/pre' }, 'fix/a.csv', '-x/b.csv', 'fix/a.csv']);
  assert.deepEqual(parseManifest(text, WHERE), {
    bucket: 'data',
    prefix: 'some/pre',
    keys: ['some/prefix/a.csv', 'some/pre-x/b.csv'],
  });
  assert.deepEqual(parseManifest('[{"prefix":"s3://data"},"a"]', WHERE).keys, ['a']);
});

test('a malformed manifest is a ClientError that says what is wrong, and where', () => {
  const cases: readonly [text: string, ...words: string[]][] = [
    ['{"prefix": "s3://data/"', 'is not JSON'],
    ['{"prefix": "s3://data/"}', 'must be a JSON array', '{"prefix":"s3://data/"}'],
    ['[]', 'entry 0', 'not nothing'],
    ['["a"]', 'entry 0', 'not "a"'],
    ['[{"prefix": 7}, "a"]', 'entry 0', '{"prefix":7}'],
    ['[{"prefix": ""}, "a"]', 'entry 0'],
    ['[{"prefix": "data/"}, "a"]', 'entry 0', 'not an S3 URI', '"data/"'],
    ['[{"prefix": "s3://data/"}]', 'names no objects'],
    ['[{"prefix": "s3://data/"}, "a", {"b": 1}]', 'entry 2', '{"b":1}'],
    ['[{"prefix": "s3://data/"}, ""]', 'entry 1', '""'],
    [`[{"prefix": "s3://data/"}, ["${'x'.repeat(1000)}"]]`, 'entry 1', 'x…'],
  ];
  for (const [text, ...words] of cases) {
    assert.throws(
      () => parseManifest(text, WHERE),
      (error: unknown) =>
        error instanceof JobFault &&
        error.kind === 'ClientError' &&
        error.message.startsWith(`Data download failed:${WHERE}`) &&
        error.message.length < 300 &&
        words.every((word) => error.message.includes(word)),
      text,
    );
  }
});
