import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isEntryKind } from './entry-program.ts';

test('there is none for other processors', () => {
  assert.equal(isEntryKind('riscv64'), false);
  assert.equal(isEntryKind('toString'), false);
});
