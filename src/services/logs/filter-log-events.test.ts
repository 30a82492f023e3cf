import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import fc from 'fast-check';
import type { FilteredLogEvent, FilterLogEventsResponse } from '../../model/types.generated.ts';
import { GROUP, LogsFixture } from './logs-fixture.ts';

describe('FilterLogEvents', () => {
  let logs: LogsFixture;
  beforeEach(() => {
    logs = new LogsFixture();
  });
  afterEach(() => logs.close());

  const filter = (input: object) =>
    logs.call<FilterLogEventsResponse>('FilterLogEvents', { ...GROUP, ...input });

  async function allPages(input: object): Promise<FilteredLogEvent[]> {
    const all: FilteredLogEvent[] = [];
    for (let nextToken: string | undefined; ; ) {
      const page = await filter({ ...input, nextToken });
      all.push(...(page.events ?? []));
      nextToken = page.nextToken;
      if (nextToken === undefined) return all;
    }
  }
  const messages = (events: readonly FilteredLogEvent[]) => events.map(({ message }) => message);

  /** Lines of three streams that take turns, ten milliseconds apart. */
  async function writeInTurns(): Promise<void> {
    for (let turn = 0; turn < 4; turn++) {
      for (const host of [1, 2, 3]) {
        await logs.write(`job/algo-${host}-1`, `host ${host} turn ${turn}\n`);
        await logs.clock.advance(10);
      }
    }
  }

  test('events of all streams come in the order of time, each with an id of its own', async () => {
    await writeInTurns();
    const { events = [], searchedLogStreams, nextToken } = await filter({});
    assert.equal(events.length, 12);
    assert.deepEqual(
      events.map(({ timestamp }) => timestamp),
      events.map((_, index) => 1_000_000 + index * 10),
    );
    assert.equal(new Set(events.map(({ eventId }) => eventId)).size, 12);
    assert.equal(events[0]?.logStreamName, 'job/algo-1-1');
    assert.deepEqual([searchedLogStreams, nextToken], [[], undefined]);
  });

  test('only the streams, the times and the terms asked for', async () => {
    await writeInTurns();
    await logs.write('other/algo-1-1', 'host 1\n');
    const named = await filter({
      logStreamNames: ['job/algo-2-1', 'job/algo-3-1'],
      filterPattern: '"turn 1"',
    });
    assert.deepEqual(messages(named.events ?? []), ['host 2 turn 1', 'host 3 turn 1']);
    const prefixed = await filter({ logStreamNamePrefix: 'job/', filterPattern: '"host 1" -"turn 0"' });
    assert.deepEqual(messages(prefixed.events ?? []), ['host 1 turn 1', 'host 1 turn 2', 'host 1 turn 3']);
    const timed = await filter({ startTime: 1_000_010, endTime: 1_000_030 });
    assert.deepEqual(messages(timed.events ?? []), ['host 2 turn 0', 'host 3 turn 0', 'host 1 turn 1']);
  });

  test('pages of any size give the same, either way, also where many events share a time', async () => {
    const writes = fc.array(
      fc.record({
        stream: fc.integer({ min: 0, max: 4 }),
        lines: fc.integer({ min: 1, max: 4 }),
        pause: fc.integer({ min: 0, max: 1 }),
      }),
      { maxLength: 25 },
    );
    let run = 0;
    const property = fc.asyncProperty(
      writes,
      fc.integer({ min: 1, max: 6 }),
      fc.boolean(),
      async (steps, limit, ends) => {
        const prefix = `run-${run++}/`;
        await logs.write(`${prefix}0`, 'first\n');
        for (const [index, { stream, lines, pause }] of steps.entries()) {
          await logs.write(`${prefix}${stream}`, `${index}\n`.repeat(lines));
          await logs.clock.advance(pause);
        }
        if (ends) logs.end(`${prefix}0`);
        const whole = await filter({ logStreamNamePrefix: prefix });
        const events = whole.events ?? [];
        assert.equal(events.length, 1 + steps.reduce((sum, { lines }) => sum + lines, 0));
        assert.deepEqual(
          events.map((event) => event.timestamp),
          events.map((event) => event.timestamp ?? 0).sort((a, b) => a - b),
        );
        assert.deepEqual(await allPages({ logStreamNamePrefix: prefix, limit }), events);
        const latest = await allPages({ logStreamNamePrefix: prefix, limit, startFromHead: false });
        assert.deepEqual(latest.reverse(), events);
      },
    );
    await fc.assert(property, { numRuns: 15 });
  });

  test('a page ends after so much was searched, with or without a find', async () => {
    const line = `${'x'.repeat(1_023)}\n`;
    await logs.write('job/algo-1-1', `${line.repeat(17 * 1_024)}needle\n`);
    const first = await filter({ filterPattern: 'needle' });
    assert.deepEqual(first.events, []);
    assert.ok(first.nextToken);
    const second = await filter({ filterPattern: 'needle', nextToken: first.nextToken });
    assert.deepEqual([messages(second.events ?? []), second.nextToken], [['needle'], undefined]);
  });

  test('what is not there, and what cannot be honoured, is refused', async () => {
    assert.equal(
      (await logs.refusal('FilterLogEvents', GROUP)).message,
      'The specified log group does not exist.',
    );
    await logs.write('job/algo-1-1', 'x\n');
    const missing = await logs.refusal('FilterLogEvents', {
      ...GROUP,
      logStreamNames: ['job/algo-1-1', 'gone'],
    });
    assert.equal(missing.message, 'The specified log stream does not exist.');
    const json = await logs.refusal('FilterLogEvents', { ...GROUP, filterPattern: '{ $.loss = 1 }' });
    assert.equal(json.code, 'InvalidParameterException');
    assert.match(json.message, /^filterPattern: .*JSON pattern/);
    for (const input of [
      { nextToken: 'x' },
      { logStreamNames: ['a'], logStreamNamePrefix: 'a' },
      { startTime: 2, endTime: 1 },
    ]) {
      assert.equal(
        (await logs.refusal('FilterLogEvents', { ...GROUP, ...input })).code,
        'InvalidParameterException',
      );
    }
  });
});
