import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { TestClock } from '../clock/test-clock.ts';
import type { Database } from '../store/database.ts';
import { eventsAfter } from '../store/events/list-events.ts';
import type { JobEvent } from '../training/job-event.ts';
import { EventLog } from './event-log.ts';
import { createJob, liveThrough, openDatabase, STATUSES } from './testing/told-jobs.fixture.ts';

const HOUR = 3_600_000;

function openLog(t: TestContext, database: Database, clock = new TestClock(0)) {
  const log = new EventLog({ database, clock, retention: 24 * HOUR, log: (line) => assert.fail(line) });
  t.after(() => log.close());
  return log;
}

const told = (event: string) => {
  const { detail } = JSON.parse(event) as JobEvent;
  return `${detail.TrainingJobName} ${detail.SecondaryStatus}`;
};

async function take(events: AsyncGenerator<{ number: number; event: string }>, count: number) {
  const taken: { number: number; event: string }[] = [];
  while (taken.length < count) {
    const { done, value } = await events.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}

test('a follower hears what was, and what comes, once and in order, wherever it resumes', async (t) => {
  const database = openDatabase(t);
  const log = openLog(t, database);
  const names = Array.from({ length: 60 }, (_, index) => `job-${index}`);
  const wanted = names.flatMap((name) => STATUSES.map((status) => `${name} ${status}`));
  const never = new AbortController().signal;
  for (const name of names.slice(0, 30)) liveThrough(database, name);
  const first = await take(log.follow({ after: 0 }, never), 97);
  const resumed = log.follow({ after: first.at(-1)?.number ?? 0 }, never);
  const second = take(resumed, wanted.length - 97);
  for (const name of names.slice(30)) {
    await new Promise((resolve) => setImmediate(resolve));
    liveThrough(database, name);
  }
  const all = [...first, ...(await second)];
  assert.deepEqual(
    all.map(({ event }) => told(event)),
    wanted,
  );
});

test('the events of one job are told apart from the others, whatever the case of its name', async (t) => {
  const database = openDatabase(t);
  const log = openLog(t, database);
  for (const name of ['one', 'Two', 'three']) liveThrough(database, name);
  const heard = await take(
    log.follow({ after: 0, job: 'tWo' }, new AbortController().signal),
    STATUSES.length,
  );
  assert.deepEqual(
    heard.map(({ event }) => told(event)),
    STATUSES.map((status) => `Two ${status}`),
  );
});

test('a follower ends with its client, and with the log', async (t) => {
  const database = openDatabase(t);
  const log = openLog(t, database);
  const gone = new AbortController();
  const ends = [
    log.follow({ after: 0 }, gone.signal).next(),
    log.follow({ after: 0 }, new AbortController().signal).next(),
  ];
  gone.abort();
  assert.equal((await ends[0])?.done, true);
  log.close();
  assert.equal((await ends[1])?.done, true);
});

test('a time is found, also one before and one after all events', (t) => {
  const database = openDatabase(t);
  const log = openLog(t, database);
  assert.equal(log.before(5), 0);
  for (const at of [10, 20, 30]) createJob(database, `at-${at}`, at);
  assert.deepEqual(
    [5, 10, 11, 30, 31].map((time) => log.before(time)),
    [0, 0, 1, 2, 3],
  );
  assert.equal(log.end, 3);
});

test('old events are forgotten, but for the newest and those that a webhook is to be sent', async (t) => {
  const database = openDatabase(t);
  database.transaction(() => {
    for (let index = 0; index < 10_010; index++) createJob(database, `job-${index}`);
  });
  database.prepare("INSERT INTO webhooks (url, queued_to) VALUES ('http://x', 8)").run();
  database
    .prepare("INSERT INTO deliveries (webhook, job_id, event, queued_at) VALUES ('http://x', 3, 3, 0)")
    .run();
  const clock = new TestClock(0);
  openLog(t, database, clock);
  await clock.advance(48 * HOUR);
  const left = eventsAfter(database, { after: 0, limit: 20_000 }).map(({ number }) => number);
  // Ten are too many: of those, the third is still to be sent, and the ninth and tenth are not queued yet.
  assert.deepEqual(left.slice(0, 4), [3, 9, 10, 11]);
  assert.equal(left.length, 10_003);
});
