import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JobFault } from '../../training/fault.ts';
import { augmentedValues } from './augmented-manifest.ts';

const values = (line: string, ...attributes: string[]) => augmentedValues(line, attributes, 'line 7');

const refused = (text: string) => (error: unknown) =>
  error instanceof JobFault &&
  error.kind === 'ClientError' &&
  error.message.startsWith('Data download failed:line 7') &&
  error.message.includes(text);

test('values come in the order of the attributes, references as objects (training contract §2.3)', () => {
  const line = '{"label": 1, "other": 2, "image-ref": "s3://bucket/images/1.jpg", "text": "a b"}';
  assert.deepEqual(values(line, 'image-ref', 'text', 'label'), [
    { bucket: 'bucket', key: 'images/1.jpg' },
    'a b',
    '1',
  ]);
});

test('numbers and what holds them are written as they were', () => {
  const line =
    '{"a": 1.0, "b": 12345678901234567890, "c": {"x": [1.50, "1", null, true]}, "d": 1e3, "e": ""}';
  assert.deepEqual(values(line, 'a', 'b', 'c', 'd', 'e'), [
    '1.0',
    '12345678901234567890',
    '{"x":[1.50,"1",null,true]}',
    '1e3',
    '',
  ]);
});

test('what can not be delivered names its line', () => {
  assert.throws(() => values('{"a": 1}', 'b'), refused('no attribute "b"'));
  assert.throws(() => values('{"a": 1', 'a'), refused('is not JSON'));
  for (const line of ['[1]', '1', 'null', '"a"']) assert.throws(() => values(line, 'a'), refused('object'));
  for (const ref of ['1', '"x"', '"s3://bucket"', '{"a":1}', 'null']) {
    assert.throws(() => values(`{"a-ref": ${ref}}`, 'a-ref'), refused('"a-ref"'));
  }
});

test('an attribute is never one of every object’s own', () => {
  assert.throws(() => values('{"a": 1}', 'toString'), refused('no attribute "toString"'));
});
