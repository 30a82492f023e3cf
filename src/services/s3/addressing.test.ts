import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTarget } from './addressing.ts';

const CASES: readonly [host: string | undefined, url: string, bucket: string, key: string][] = [
  [undefined, '/', '', ''],
  ['127.0.0.1:9000', '/books', 'books', ''],
  ['127.0.0.1:9000', '/books/', 'books', ''],
  ['127.0.0.1:9000', '/books/a/b', 'books', 'a/b'],
  ['127.0.0.1:9000', '/books//a//', 'books', '/a//'],
  ['127.0.0.1:9000', '/books/../x?y', 'books', '../x'],
  ['127.0.0.1:9000', '/books/a+b%2Bc%20d%3F', 'books', 'a+b+c d?'],
  ['[::1]:9000', '/books/a', 'books', 'a'],
  ['localhost:9000', '/books/a', 'books', 'a'],
  ['s3.localhost', '/books/a', 'books', 'a'],
  ['host.docker.internal:9000', '/books/a', 'books', 'a'],
  ['trainyard.example.com', '/books/a', 'books', 'a'],
  ['s3.us-west-2.amazonaws.com', '/books/a', 'books', 'a'],
  ['books.localhost:9000', '/a/b', 'books', 'a/b'],
  ['my.books.localhost', '/', 'my.books', ''],
  ['books.s3.amazonaws.com', '/a', 'books', 'a'],
  ['books.s3-us-west-2.amazonaws.com', '/a', 'books', 'a'],
  ['books.s3.example.com:9000', '/a', 'books', 'a'],
];

for (const [host, url, bucket, key] of CASES) {
  test(`${url} at ${host}`, () => {
    const target = readTarget(url, host);
    assert.deepEqual([target.bucket, target.key], [bucket, key]);
  });
}

test('the query is kept whole, question marks and all', () => {
  const { path, query } = readTarget('/books/a?prefix=x%3Fy&delimiter=?', 'localhost');
  assert.deepEqual([path, query.get('prefix'), query.get('delimiter')], ['/books/a', 'x?y', '?']);
});
