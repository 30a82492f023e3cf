import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusalText } from './refusal-text.ts';

test('a key that the server does not know is told in plain words, with what to do', () => {
  const message =
    'The request signature we calculated does not match the signature you provided. …\n\nThe Canonical …';
  assert.match(refusalText({ message }), /^the server does not know this key.*eval "\$\(trainyard env\)"/);
  assert.ok(!refusalText({ message }).includes('\n'));
});

test('any other refusal is told as it is', () => {
  assert.equal(refusalText({ message: 'it has ended' }), 'it has ended');
});
