import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkBucketName, checkKey } from './names.ts';
import { refused } from './temporary-store.fixture.ts';

test('names that S3 allows for a bucket', () => {
  for (const name of [
    'abc',
    'a.b',
    'my-bucket',
    '0ab',
    'sagemaker-eu-central-1-123456789012',
    'a'.repeat(63),
  ]) {
    checkBucketName(name);
  }
});

test('names that S3 does not allow for a bucket', () => {
  const names = [
    ...[
      '',
      'ab',
      'a'.repeat(64),
      'Data',
      'my_bucket',
      '-abc',
      'abc-',
      '.abc',
      'abc.',
      'a..b',
      '192.168.5.4',
      'ab\ncd',
    ],
    ...[
      'xn--abc',
      'sthree-abc',
      'amzn-s3-demo-x',
      'abc-s3alias',
      'abc--ol-s3',
      'abc.mrap',
      'abc--x-s3',
      'a/b',
      'ümlaut',
    ],
  ];
  for (const name of names) assert.throws(() => checkBucketName(name), refused('InvalidBucketName'), name);
});

test('a key has at most 1,024 bytes, not characters', () => {
  checkKey('ü'.repeat(512));
  assert.throws(() => checkKey(`${'ü'.repeat(512)}a`), refused('KeyTooLongError'));
});

test('a key is not empty and is UTF-8', () => {
  assert.throws(() => checkKey(''), refused('InvalidArgument'));
  assert.throws(() => checkKey('a\ud800'), refused('InvalidURI'));
});
