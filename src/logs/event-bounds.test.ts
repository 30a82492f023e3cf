import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { characterBoundary, eventBounds, LONGEST_EVENT_BYTES } from './event-bounds.ts';

describe('the bounds of an event', () => {
  test('a line ends at its newline, which is not part of it', () => {
    assert.deepEqual(eventBounds(Buffer.from('ab\ncd\n'), 0), { contentEnd: 2, end: 3 });
    assert.deepEqual(eventBounds(Buffer.from('ab\ncd\n'), 3), { contentEnd: 5, end: 6 });
    assert.deepEqual(eventBounds(Buffer.from('\n'), 0), { contentEnd: 0, end: 1 });
  });

  test('a line without a newline is no event yet', () => {
    assert.equal(eventBounds(Buffer.from('ab\ncd'), 3), undefined);
    assert.equal(eventBounds(Buffer.alloc(LONGEST_EVENT_BYTES, 'x'), 0), undefined);
  });

  test('a line of just the longest length is one event', () => {
    const bytes = Buffer.alloc(LONGEST_EVENT_BYTES + 1, 'x');
    bytes[LONGEST_EVENT_BYTES] = 10;
    assert.deepEqual(eventBounds(bytes, 0), {
      contentEnd: LONGEST_EVENT_BYTES,
      end: LONGEST_EVENT_BYTES + 1,
    });
  });

  test('a longer one is cut, ended or not', () => {
    const cut = { contentEnd: LONGEST_EVENT_BYTES, end: LONGEST_EVENT_BYTES };
    assert.deepEqual(eventBounds(Buffer.alloc(LONGEST_EVENT_BYTES + 1, 'x'), 0), cut);
    const ended = Buffer.concat([Buffer.alloc(LONGEST_EVENT_BYTES + 1, 'x'), Buffer.from('\n')]);
    assert.deepEqual(eventBounds(ended, 0), cut);
  });

  test('a character is never cut, and what is no character never holds a cut up', () => {
    const euro = Buffer.from('a€b');
    assert.deepEqual(
      [1, 2, 3, 4].map((at) => characterBoundary(euro, at)),
      [1, 1, 1, 4],
    );
    const face = Buffer.from('a😀');
    assert.deepEqual(
      [1, 2, 3, 4].map((at) => characterBoundary(face, at)),
      [1, 1, 1, 1],
    );
    const stray = Buffer.from([0x80, 0x80, 0x80, 0x80, 0x80, 0x61, 0x80]);
    assert.deepEqual(
      [4, 6].map((at) => characterBoundary(stray, at)),
      [4, 6],
    );
  });
});
