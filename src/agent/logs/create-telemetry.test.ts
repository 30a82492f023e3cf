import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import fc from 'fast-check';
import { TestClock } from '../../clock/test-clock.ts';
import type { LogEvent } from '../../logs/log-reader.ts';
import { LogStreams } from '../../logs/log-streams.ts';
import type { MetricDefinition } from '../../model/types.generated.ts';
import { Database } from '../../store/database.ts';
import { finals } from '../../store/metrics/finals.ts';
import { points } from '../../store/metrics/points.ts';
import type { InstancePlan } from '../instance-agent.ts';
import { createTelemetry, type TelemetryOptions } from './create-telemetry.ts';

const PATIENCE_MS = 400;
const START = Date.UTC(2026, 0, 1);
const LOSS: MetricDefinition = { Name: 'loss', Regex: 'loss=([0-9.]+)' };

function plan(
  definitions: readonly MetricDefinition[] = [],
  differing: Partial<InstancePlan> = {},
): InstancePlan {
  const request = {
    TrainingJobName: 'job',
    AlgorithmSpecification: {
      TrainingInputMode: 'File',
      TrainingImage: 'image',
      MetricDefinitions: definitions,
    },
  };
  return {
    ...{ jobId: 7, jobName: 'job', jobArn: 'arn', attempt: 1, host: 'algo-1', hosts: ['algo-1'] },
    ...{
      instanceType: 'ml.m5.large',
      groupName: 'homogeneousCluster',
      account: '123456789012',
      region: 'us-east-1',
    },
    ...{ gpus: [], startedAt: START },
    request: request as unknown as InstancePlan['request'],
    ...differing,
  };
}

describe('the telemetry', () => {
  let folder: string;
  let database: Database;
  let clock: TestClock;
  let errors: Error[];
  let open: ReturnType<typeof createTelemetry>[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'telemetry-'));
    database = new Database(join(folder, 'database'));
    clock = new TestClock(START);
    errors = [];
    open = [];
  });
  afterEach(async () => {
    await Promise.all(open.map((each) => each.close()));
    database.close();
    rmSync(folder, { recursive: true });
  });

  function telemetry(differing: Partial<TelemetryOptions> = {}) {
    const onError = (error: Error) => errors.push(error);
    const options = {
      folder: join(folder, 'logs'),
      database,
      clock,
      patienceMs: PATIENCE_MS,
      onError,
      ...differing,
    };
    const made = createTelemetry(options);
    open.push(made);
    return made;
  }

  const streams = () => new LogStreams(join(folder, 'logs'), database, clock);
  const values = (name: string) =>
    points(database, 7, name, 0, Number.MAX_SAFE_INTEGER).map(({ value }) => value);

  async function events(name: string): Promise<LogEvent[]> {
    const stream = streams().find(name);
    assert.ok(stream, `there is no stream ${name}`);
    const reader = await streams().open(stream);
    try {
      return await collect(reader.forwards(0));
    } finally {
      await reader.close();
    }
  }

  test('a stream appears with the first output, named after the start of its instance', async () => {
    const follower = telemetry().follow(plan());
    assert.equal(follower.path, join(folder, 'logs', '7', 'algo-1-1.log'));
    assert.equal(readFileSync(follower.path, 'utf8'), '');
    assert.equal(streams().find(`job/algo-1-${START / 1000}`), undefined);
    await clock.advance(2_000);
    appendFileSync(follower.path, 'hello\n');
    assert.equal(streams().find(`job/algo-1-${START / 1000}`)?.createdAt, START + 2_000);
    await follower.finish();
    assert.deepEqual(
      (await events(`job/algo-1-${START / 1000}`)).map(({ message, time }) => [message, time]),
      [['hello', START + 2_000]],
    );
  });

  test('without output there is no stream, not even after the end', async () => {
    const follower = telemetry().follow(plan());
    await follower.finish();
    assert.equal(streams().groupExists(), false);
  });

  test('following the same instance again is following the one', async () => {
    const made = telemetry();
    const follower = made.follow(plan());
    assert.equal(made.follow(plan()), follower);
    assert.notEqual(made.follow(plan([], { host: 'algo-2' })).path, follower.path);
  });

  test('an attempt within the same second has a stream of its own', async () => {
    const made = telemetry();
    for (const attempt of [1, 2]) {
      const follower = made.follow(plan([], { attempt }));
      appendFileSync(follower.path, `attempt ${attempt}\n`);
      await follower.finish();
    }
    const messages = await Promise.all([0, 1].map((more) => events(`job/algo-1-${START / 1000 + more}`)));
    assert.deepEqual(
      messages.map(([event]) => event?.message),
      ['attempt 1', 'attempt 2'],
    );
  });

  test('a last line without an end counts once the stream is finished', async () => {
    const follower = telemetry().follow(plan([LOSS]));
    appendFileSync(follower.path, 'loss=1\nloss=2');
    assert.equal((await events(`job/algo-1-${START / 1000}`)).length, 1);
    await follower.finish();
    assert.equal((await events(`job/algo-1-${START / 1000}`)).length, 2);
    assert.deepEqual(values('loss'), [1, 2]);
  });

  test('our own lines stand on lines of their own, marked, even after the end', async () => {
    const follower = telemetry().follow(plan([LOSS]));
    appendFileSync(follower.path, 'half');
    follower.say('loss=1\nand more');
    await follower.finish();
    follower.say('afterwards');
    assert.deepEqual(
      (await events(`job/algo-1-${START / 1000}`)).map(({ message }) => message),
      ['half', '[trainyard] loss=1', '[trainyard] and more', '[trainyard] afterwards'],
    );
    assert.deepEqual(values('loss'), []);
  });

  test('what was written while nobody followed has the time of the last change at the latest', async () => {
    const first = telemetry();
    const { path } = first.follow(plan());
    appendFileSync(path, 'one\n');
    await first.close();
    await clock.advance(60_000);
    appendFileSync(path, 'two\n');
    const follower = telemetry().follow(plan());
    appendFileSync(path, 'three\n');
    await clock.advance(60_000);
    await follower.finish();
    const times = (await events(`job/algo-1-${START / 1000}`)).map(({ time }) => time - START);
    assert.equal(times.length, 3);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
    assert.ok((times[1] ?? 0) <= 60_000);
  });

  test('the values of all hosts are in one metric, the last of them is its final value', async () => {
    const made = telemetry();
    for (const [index, host] of ['algo-1', 'algo-2'].entries()) {
      const follower = made.follow(plan([LOSS], { host }));
      appendFileSync(follower.path, `loss=${index}.5\nnothing\nloss=${index}.25\n`);
      await clock.advance(1_000);
      await follower.finish();
    }
    assert.deepEqual(values('loss'), [0.5, 0.25, 1.5, 1.25]);
    assert.deepEqual(
      { ...finals(database, 7)[0] },
      { name: 'loss', value: 1.25, at: finals(database, 7)[0]?.at },
    );
    const hosts = points(database, 7, 'loss', 0, Number.MAX_SAFE_INTEGER).map(({ host }) => host);
    assert.deepEqual(hosts, ['algo-1', 'algo-1', 'algo-2', 'algo-2']);
  });

  test('a million lines of a process arrive, each metric among them once', async () => {
    const count = 1_000_000;
    const follower = telemetry().follow(plan([LOSS, { Name: 'step', Regex: '^step (\\d+) loss' }]));
    const output = openSync(follower.path, 'a');
    const script = `
      let text = '';
      for (let i = 0; i < ${count}; i++) {
        text += i % 1000 === 0 ? 'step ' + i + ' loss=' + i / 1000 + '\\n' : 'step ' + i + '\\n';
        if (text.length > 60000 || i === ${count - 1}) { require('fs').writeSync(1, text); text = ''; }
      }`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', output, output] });
    closeSync(output);
    const [code] = await once(child, 'exit');
    assert.equal(code, 0);
    await follower.finish();
    assert.deepEqual(
      values('loss'),
      Array.from({ length: count / 1000 }, (_, index) => index),
    );
    assert.deepEqual(
      values('step'),
      Array.from({ length: count / 1000 }, (_, index) => index * 1000),
    );
    const stream = streams().find(`job/algo-1-${START / 1000}`);
    assert.ok(stream);
    const reader = await streams().open(stream);
    const first = await collect(reader.forwards(0), 2_000);
    assert.deepEqual(
      first.map(({ message }) => message.split(' ')[1]),
      first.map((_, index) => `${index}`),
    );
    const last = await collect(reader.backwards(reader.size), 2_000);
    assert.deepEqual(
      last.map(({ message }) => message.split(' ')[1]),
      last.map((_, index) => `${count - 1 - index}`),
    );
    await reader.close();
    assert.deepEqual(errors, []);
  });

  test('a runaway expression is given up, said in the log, and leaves the other metrics whole', async () => {
    const runaway = { Name: 'bad', Regex: '(a+)+$' };
    const follower = telemetry().follow(plan([LOSS, runaway, { Name: 'acc', Regex: 'acc=(\\S+)' }]));
    const lines = Array.from({ length: 100 }, (_, index) => `loss=${index} acc=${index}\n`);
    appendFileSync(follower.path, `${lines.join('')}${'a'.repeat(60)}b\n${lines.join('')}`);
    await follower.finish();
    const expected = [...lines, ...lines].map((_, index) => index % 100);
    assert.deepEqual(values('loss'), expected);
    assert.deepEqual(values('acc'), expected);
    const last = (await events(`job/algo-1-${START / 1000}`)).at(-1)?.message ?? '';
    assert.match(last, /^\[trainyard\] The metric "bad" is not read any more: .*\(a\+\)\+\$/);

    const again = telemetry({ patienceMs: 600_000 }).follow(plan([LOSS, runaway]));
    appendFileSync(again.path, `${'a'.repeat(60)}b\nloss=5\n`);
    await again.finish();
    assert.equal(values('loss').at(-1), 5);
  });

  test('a crash at any time loses no value and doubles none', async () => {
    const property = fc.asyncProperty(
      fc.array(fc.nat(9), { minLength: 1, maxLength: 6 }),
      async (crashes) => {
        const jobId = Math.max(0, ...followed) + 1;
        followed.push(jobId);
        let written = 0;
        for (const turns of crashes) {
          const made = telemetry();
          const follower = made.follow(plan([LOSS], { jobId, jobName: `job-${jobId}` }));
          const lines = Array.from({ length: 1_500 }, () => `loss=${written++}\n`).join('');
          appendFileSync(follower.path, lines.slice(0, -3));
          const heal = turns > 4 ? failNextCommit() : undefined;
          for (let turn = 0; turn < turns * 8; turn++) await new Promise(setImmediate);
          await made.close();
          heal?.();
          appendFileSync(follower.path, lines.slice(-3));
        }
        await telemetry()
          .follow(plan([LOSS], { jobId, jobName: `job-${jobId}` }))
          .finish();
        const stored = points(database, jobId, 'loss', 0, Number.MAX_SAFE_INTEGER).map(({ value }) => value);
        assert.deepEqual(
          stored,
          Array.from({ length: written }, (_, index) => index),
        );
      },
    );
    const followed: number[] = [];
    await fc.assert(property, { numRuns: 8 });
  });

  test('a commit that fails is told, and made up for', async () => {
    const follower = telemetry().follow(plan([LOSS]));
    failNextCommit();
    appendFileSync(follower.path, 'loss=1\n');
    while (errors.length === 0) await new Promise(setImmediate);
    assert.match(errors[0]?.message ?? '', /the disk is full/);
    appendFileSync(follower.path, 'loss=2\n');
    await follower.finish();
    assert.deepEqual(values('loss'), [1, 2]);
  });

  /** The next transaction does its work and then comes to nothing, like one that a crash cuts off. */
  function failNextCommit(): () => void {
    const original = database.transaction.bind(database);
    const heal = () => {
      database.transaction = original;
    };
    database.transaction = (work) => {
      heal();
      return original(() => {
        work();
        throw new Error('the disk is full');
      });
    };
    return heal;
  }
});

async function collect<T>(source: AsyncIterable<T>, limit = Number.POSITIVE_INFINITY): Promise<T[]> {
  const all: T[] = [];
  for await (const each of source) {
    all.push(each);
    if (all.length >= limit) break;
  }
  return all;
}
