import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { TrainingApi } from '../../client/training-api.ts';
import { startEndpoint } from '../../endpoint/test-endpoint.ts';
import { ServiceError } from '../../model/errors.ts';
import type { GetLogEventsRequest } from '../../model/types.generated.ts';
import type { Operation } from '../../services/service.ts';
import { plain } from '../screen/style.ts';
import { JobLog, type LogLine } from './job-log.ts';
import { logText } from './log-text.ts';

type Event = readonly [time: number, message: string];

/** CloudWatch Logs with pages of two events, over streams that tests write into. */
function logsOf(streams: Map<string, Event[]>, faults: { next: number }) {
  const operation = <T>(input: string, run: (input: T) => object) => ({ input, run }) as unknown as Operation;
  const operations = new Map<string, Operation>([
    [
      'DescribeLogStreams',
      operation(
        'DescribeLogStreamsRequest',
        ({ logStreamNamePrefix = '' }: { logStreamNamePrefix?: string }) => {
          if (streams.size === 0) throw new ServiceError('ResourceNotFoundException', 'no group');
          const names = [...streams.keys()].filter((name) => name.startsWith(logStreamNamePrefix));
          return { logStreams: names.map((logStreamName) => ({ logStreamName })) };
        },
      ),
    ],
    [
      'GetLogEvents',
      operation('GetLogEventsRequest', (input: GetLogEventsRequest) => {
        if (--faults.next === 0) throw new ServiceError('ServiceUnavailableException', 'not now', 503);
        const { startTime = 0, nextToken, startFromHead = false, limit = 2 } = input;
        const events = (streams.get(input.logStreamName) ?? []).filter(([time]) => time >= startTime);
        const [direction, offset] = nextToken?.split('/') ?? [startFromHead ? 'f' : 'b', undefined];
        const size = Math.min(2, limit);
        const at = offset === undefined ? (startFromHead ? 0 : events.length) : Number(offset);
        const [from, to] = direction === 'f' ? [at, at + size] : [Math.max(0, at - size), at];
        const page = events.slice(from, to);
        return {
          events: page.map(([timestamp, message]) => ({ timestamp, message })),
          nextForwardToken: `f/${from + page.length}`,
          nextBackwardToken: `b/${from}`,
        };
      }),
    ],
  ]);
  return { operations };
}

async function start(t: TestContext, streams: Map<string, Event[]>) {
  const faults = { next: 0 };
  const { url } = await startEndpoint(t, { services: { logs: logsOf(streams, faults) } });
  const api = new TrainingApi(() => ({
    ...{ url, region: 'eu-west-1' },
    ...{ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
  }));
  return { api, faults };
}

async function textsOf(log: JobLog): Promise<string[]> {
  const texts: string[] = [];
  for await (const lines of log.news()) texts.push(...lines.map(({ host, text }) => `${host} ${text}`));
  return texts;
}

const range = (from: number, to: number, step: number): Event[] =>
  Array.from(
    { length: (to - from) / step },
    (_, at) => [from + at * step, String(from + at * step)] as const,
  );

test('the lines of several hosts come in the order of their times, over all pages', async (t) => {
  const streams = new Map([
    ['job/algo-1-1', range(0, 14, 2)],
    ['job/algo-2-1', range(1, 7, 2)],
    ['other/algo-1-1', range(0, 4, 1)],
  ]);
  const { api } = await start(t, streams);
  const log = new JobLog(api, { job: 'job' });
  assert.deepEqual(await textsOf(log), [
    ...['algo-1 0', 'algo-2 1', 'algo-1 2', 'algo-2 3', 'algo-1 4', 'algo-2 5'],
    ...['algo-1 6', 'algo-1 8', 'algo-1 10', 'algo-1 12'],
  ]);
});

test('reads on from where it was, and finds new streams', async (t) => {
  const streams = new Map<string, Event[]>();
  const { api } = await start(t, streams);
  const log = new JobLog(api, { job: 'job' });
  assert.deepEqual([await textsOf(log), log.isEmpty], [[], true]);
  streams.set('job/algo-1-1', range(0, 3, 1));
  assert.deepEqual(await textsOf(log), ['algo-1 0', 'algo-1 1', 'algo-1 2']);
  streams.get('job/algo-1-1')?.push([3, 'three']);
  streams.set('job/algo-1-2', [[4, 'again']]);
  assert.deepEqual(await textsOf(log), ['algo-1 three', 'algo-1 again']);
  assert.deepEqual(await textsOf(log), []);
});

test('no line is lost or told twice, whichever request fails', async (t) => {
  const streams = new Map([
    ['job/algo-1-1', range(0, 10, 2)],
    ['job/algo-2-1', range(1, 11, 2)],
  ]);
  const { api, faults } = await start(t, streams);
  let failures = 0;
  for (let failing = 1; failing <= 12; failing++) {
    const log = new JobLog(api, { job: 'job' });
    faults.next = failing;
    const seen: number[] = [];
    for (let tries = 0; tries < 2; tries++) {
      try {
        for await (const lines of log.news()) seen.push(...lines.map(({ time }) => time));
      } catch {
        failures++;
      }
    }
    assert.deepEqual(
      seen.sort((a, b) => a - b),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
  }
  assert.ok(failures > 0, 'requests did fail');
});

test('the last lines of all hosts together, and on from there', async (t) => {
  const streams = new Map([
    ['job/algo-1-1', range(0, 20, 2)],
    ['job/algo-2-1', range(1, 7, 2)],
  ]);
  const { api } = await start(t, streams);
  const log = new JobLog(api, { job: 'job', tail: 8 });
  const numbers = (await textsOf(log)).map((text) => Number(text.split(' ')[1]));
  assert.deepEqual(numbers, [5, 6, 8, 10, 12, 14, 16, 18]);
  streams.get('job/algo-2-1')?.push([21, '21']);
  assert.deepEqual(await textsOf(log), ['algo-2 21']);
  const all = new JobLog(api, { job: 'job', host: 'algo-1', tail: 15 });
  assert.equal((await textsOf(all)).length, 10, 'all where there are fewer');
  const none = new JobLog(api, { job: 'job', tail: 0 });
  assert.deepEqual(await textsOf(none), []);
});

test('only one host, and only since a time', async (t) => {
  const streams = new Map([
    ['job/algo-1-1', range(0, 6, 1)],
    ['job/algo-11-1', range(0, 6, 1)],
  ]);
  const { api } = await start(t, streams);
  const log = new JobLog(api, { job: 'job', host: 'algo-1', since: 4 });
  assert.deepEqual(await textsOf(log), ['algo-1 4', 'algo-1 5']);
});

test('lines are printed with hosts and times where they are wanted', () => {
  const lines: LogLine[] = [{ host: 'algo-2', time: 1_795_000_000_123, text: 'hello' }];
  const style = plain;
  assert.equal(logText(lines, { hosts: false, timestamps: false, style }), 'hello\n');
  assert.equal(
    logText(lines, { hosts: true, timestamps: true, style }),
    `${new Date(1_795_000_000_123).toISOString()} algo-2 │ hello\n`,
  );
});
