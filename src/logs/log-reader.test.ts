import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { TestClock } from '../clock/test-clock.ts';
import { LONGEST_EVENT_BYTES } from './event-bounds.ts';
import { timesPath } from './log-files.ts';
import { type LogEvent, LogReader } from './log-reader.ts';

const RUNS = 40;

/** What a log may hold: lines and none, text and what isn't, long and longer. */
const part = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('\n', '\r\n', '\n\n', '\r', '\t', '\x1b[31m').map((text) => Buffer.from(text)),
  },
  { weight: 3, arbitrary: fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => Buffer.from(text)) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom([0xff], [0x80], [0xe2], [0xe2, 0x82], [0xf0, 0x9f, 0x98], [0xc0, 0x80])
      .map((bytes) => Buffer.from(bytes)),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom('x', 'é', '€', '😀', '\r'),
        fc.integer({ min: -6, max: 6 }),
        fc.integer({ min: 1, max: 2 }),
      )
      .map(([unit, more, times]) => Buffer.alloc(LONGEST_EVENT_BYTES * times + more, unit)),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1, max: 400 }).map((count) => Buffer.from('a line\n'.repeat(count))),
  },
);
const content = fc.array(part, { maxLength: 30 }).map((parts) => Buffer.concat(parts));

/** The same, said in the simplest way. */
function model(bytes: Buffer): { start: number; end: number; message: string }[] {
  const events: { start: number; end: number; message: string }[] = [];
  const add = (start: number, contentEnd: number, end: number) => {
    const text = bytes.toString('utf8', start, contentEnd);
    const message = [...text].map((character) => {
      const code = character.codePointAt(0) ?? 0;
      return code < 32 || code === 127 ? `#${code.toString(8).padStart(3, '0')}` : character;
    });
    events.push({ start, end, message: message.join('') });
  };
  let start = 0;
  while (start < bytes.length) {
    const newline = bytes.indexOf(10, start);
    const lineEnd = newline < 0 ? bytes.length : newline;
    while (lineEnd - start > LONGEST_EVENT_BYTES) {
      const cut = modelCut(bytes, start);
      add(start, cut, cut);
      start = cut;
    }
    if (newline < 0) break;
    add(start, newline, newline + 1);
    start = newline + 1;
  }
  return events;
}

function modelCut(bytes: Buffer, start: number): number {
  const cut = start + LONGEST_EVENT_BYTES;
  const isWithinCharacter = ((bytes[cut] ?? 0) & 0xc0) === 0x80;
  if (!isWithinCharacter) return cut;
  for (let back = 1; back <= 3; back++) {
    const decoder = new StringDecoder('utf8');
    if (decoder.write(bytes.subarray(cut - back, cut)) === '') return cut - back;
  }
  return cut;
}

const bare = ({ start, end, message }: LogEvent) => ({ start, end, message });

async function collect<T>(source: AsyncIterable<T>, limit = Number.POSITIVE_INFINITY): Promise<T[]> {
  const all: T[] = [];
  for await (const each of source) {
    all.push(each);
    if (all.length >= limit) break;
  }
  return all;
}

describe('a log reader', () => {
  let folder: string;
  let path: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'log-reader-'));
    path = join(folder, 'log');
  });
  after(() => rmSync(folder, { recursive: true }));

  /** Writes the log in parts, each an hour after the last, looking at it in between. Returns it opened at the end. */
  async function write(bytes: Buffer, cuts: readonly number[]): Promise<LogReader> {
    writeFileSync(path, '');
    writeFileSync(timesPath(path), '');
    const clock = new TestClock(0);
    const borders = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
    let from = 0;
    for (const to of borders) {
      await clock.advance(3_600_000);
      appendFileSync(path, bytes.subarray(from, to));
      await (await LogReader.open(path, clock)).close();
      from = to;
    }
    return LogReader.open(path, clock);
  }

  test('forwards, backwards and in pages of any size, it reads what is there', async () => {
    const property = fc.asyncProperty(content, fc.integer({ min: 1, max: 50 }), async (bytes, pageSize) => {
      const reader = await write(bytes, []);
      try {
        const expected = model(bytes);
        assert.deepEqual((await collect(reader.forwards(0))).map(bare), expected);
        const end = await reader.boundary(reader.size);
        assert.equal(end, expected.at(-1)?.end ?? 0);
        assert.deepEqual((await collect(reader.backwards(end))).reverse().map(bare), expected);

        const forwards: LogEvent[] = [];
        for (let page: LogEvent[] | undefined; page?.length !== 0; forwards.push(...page)) {
          page = await collect(reader.forwards(forwards.at(-1)?.end ?? 0), pageSize);
        }
        assert.deepEqual(forwards.map(bare), expected);
        const backwards: LogEvent[] = [];
        for (let page: LogEvent[] | undefined; page?.length !== 0; backwards.unshift(...page.reverse())) {
          page = await collect(reader.backwards(backwards[0]?.start ?? end), pageSize);
        }
        assert.deepEqual(backwards, forwards);
      } finally {
        await reader.close();
      }
    });
    await fc.assert(property, { numRuns: RUNS });
  });

  test('an event has the time at which its end was first seen, and a range of times holds just its events', async () => {
    const cuts = fc.array(fc.nat(), { maxLength: 8 });
    const hours = fc.tuple(fc.nat(10), fc.nat(10));
    const property = fc.asyncProperty(content, cuts, hours, async (bytes, at, [one, other]) => {
      const reader = await write(bytes, at);
      try {
        const borders = [...at.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
        const events = await collect(reader.forwards(0));
        const expected = events.map(
          ({ end }) => (borders.findIndex((border) => border >= end) + 1) * 3_600_000,
        );
        assert.deepEqual(
          events.map(({ time }) => time),
          expected,
        );

        const [from, to] = [Math.min(one, other) * 3_600_000, Math.max(one, other) * 3_600_000];
        const within = events.filter(({ time }) => time >= from && time < to);
        const range = await reader.range(from, to);
        assert.deepEqual(await collect(reader.forwards(range.from, range.to)), within);
        const last = await reader.boundary(range.to);
        assert.deepEqual((await collect(reader.backwards(last, range.from))).reverse(), within);
      } finally {
        await reader.close();
      }
    });
    await fc.assert(property, { numRuns: RUNS });
  });

  test('the border before any byte is where its event begins', async () => {
    const property = fc.asyncProperty(
      content,
      fc.array(fc.nat(), { maxLength: 20 }),
      async (bytes, offsets) => {
        const reader = await write(bytes, []);
        try {
          const borders = [0, ...model(bytes).map(({ end }) => end)];
          for (const offset of offsets) {
            const limit = offset % (bytes.length + 1);
            assert.equal(
              await reader.boundary(limit),
              borders.findLast((border) => border <= limit),
            );
          }
        } finally {
          await reader.close();
        }
      },
    );
    await fc.assert(property, { numRuns: RUNS });
  });

  test('a line that is not ended yet comes when it is, with the time of that', async () => {
    const clock = new TestClock(1_000);
    writeFileSync(path, 'one\ntw');
    truncateSync(timesPath(path));
    const early = await LogReader.open(path, clock);
    assert.deepEqual(
      (await collect(early.forwards(0))).map(({ message }) => message),
      ['one'],
    );
    await early.close();
    await clock.advance(500);
    appendFileSync(path, 'o\n');
    const late = await LogReader.open(path, clock);
    const events = await collect(late.forwards(4));
    assert.deepEqual(events, [{ start: 4, end: 8, time: 1_500, message: 'two' }]);
    await late.close();
  });
});
