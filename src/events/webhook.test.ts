import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { TestClock } from '../clock/test-clock.ts';
import type { Database } from '../store/database.ts';
import type { JobEvent } from '../training/job-event.ts';
import { createJob, liveThrough, openDatabase, STATUSES } from './testing/told-jobs.fixture.ts';
import { signatureHeaders } from './webhook-signature.ts';
import { Webhooks } from './webhooks.ts';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const HOUR = 3_600_000;

interface Delivered {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly event: JobEvent;
}

/** Whoever is behind a webhook. `answer` is the status that it answers with; undefined: it never does. */
async function receiver(t: TestContext, answer: (event: JobEvent) => number | undefined = () => 200) {
  const delivered: Delivered[] = [];
  const news: (() => void)[] = [];
  let underWay = 0;
  const seen = { most: 0 };
  const server = createServer(async (request, response) => {
    underWay += 1;
    seen.most = Math.max(seen.most, underWay);
    response.once('close', () => {
      underWay -= 1;
    });
    let body = '';
    for await (const chunk of request) body += chunk;
    const event = JSON.parse(body) as JobEvent;
    delivered.push({ headers: request.headers, body, event });
    for (const tell of news.splice(0)) tell();
    const status = answer(event);
    if (status !== undefined) response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    delivered,
    seen,
    of: (job: string) =>
      delivered
        .map(({ event }) => event.detail)
        .filter(({ TrainingJobName }) => TrainingJobName === job)
        .map(({ SecondaryStatus }) => SecondaryStatus),
    /** Resolves when there are so many deliveries. */
    async until(count: number): Promise<void> {
      while (delivered.length < count) await new Promise<void>((resolve) => news.push(resolve));
    },
  };
}

function startWebhooks(t: TestContext, database: Database, clock: TestClock, urls: readonly string[]) {
  const logged: string[] = [];
  const webhooks = new Webhooks(
    urls.map((url) => ({ url, secret, timeoutSeconds: 60 })),
    { database, clock, retention: 24 * HOUR, log: (line) => logged.push(line) },
  );
  webhooks.start();
  t.after(() => webhooks.close());
  return { logged, close: () => webhooks.close() };
}

/** Waits, and lets the clock go on, until it is so: what is retried comes after a time. */
async function until(isSo: () => boolean, clock: TestClock, step = 1000): Promise<void> {
  while (!isSo()) await clock.advance(step);
}

const pending = (database: Database) =>
  (database.prepare('SELECT count(*) AS count FROM deliveries').get() as { count: number }).count;

test('a webhook is sent each change of status once, in order, signed', async (t) => {
  const database = openDatabase(t);
  const hook = await receiver(t);
  const clock = new TestClock(1_800_000_000_000);
  startWebhooks(t, database, clock, [hook.url]);
  liveThrough(database, 'one');
  await until(() => hook.delivered.length === STATUSES.length && pending(database) === 0, clock, 0);
  assert.deepEqual(hook.of('one'), STATUSES);
  const [first] = hook.delivered;
  assert.ok(first);
  assert.equal(first.headers['content-type'], 'application/json');
  const at = Number(first.headers['webhook-timestamp']) * 1000;
  const wanted = signatureHeaders(secret, { id: first.event.id, at, body: first.body });
  for (const [name, value] of Object.entries(wanted)) assert.equal(first.headers[name], value);
});

test('what is refused is sent again under its own id, and the events of its job wait behind it', async (t) => {
  const database = openDatabase(t);
  let refusals = 3;
  const hook = await receiver(t, ({ detail }) =>
    detail.TrainingJobName === 'poor' && detail.SecondaryStatus === 'Downloading' && refusals-- > 0
      ? 500
      : 204,
  );
  const clock = new TestClock();
  const { logged } = startWebhooks(t, database, clock, [hook.url]);
  liveThrough(database, 'poor');
  liveThrough(database, 'rich');
  await until(() => hook.of('rich').length === STATUSES.length, clock, 0);
  assert.deepEqual(hook.of('rich'), STATUSES);
  // No time has passed: none was tried again.
  assert.deepEqual(hook.of('poor'), ['Starting', 'Downloading']);
  await until(() => pending(database) === 0, clock);
  assert.deepEqual(hook.of('poor'), [
    ...['Starting', 'Downloading', 'Downloading', 'Downloading', 'Downloading'],
    ...['Training', 'Uploading', 'Completed'],
  ]);
  const ids = hook.delivered.filter(({ event }) => event.detail.SecondaryStatus === 'Downloading');
  const poor = ids.filter(({ event }) => event.detail.TrainingJobName === 'poor');
  assert.equal(new Set(poor.map(({ event }) => event.id)).size, 1);
  assert.equal(new Set(poor.map(({ body }) => body)).size, 1);
  assert.ok(logged.some((line) => /answered 500; trying again/.test(line)));
  assert.ok(logged.some((line) => /works again/.test(line)));
});

test('one that never answers delays no other, and holds a bounded number of requests', async (t) => {
  const database = openDatabase(t);
  const [dead, live] = [await receiver(t, () => undefined), await receiver(t)];
  const clock = new TestClock();
  startWebhooks(t, database, clock, [dead.url, live.url]);
  const jobs = Array.from({ length: 12 }, (_, index) => `job-${index}`);
  for (const job of jobs) liveThrough(database, job);
  await until(() => live.delivered.length === jobs.length * STATUSES.length, clock, 0);
  for (const job of jobs) assert.deepEqual(live.of(job), STATUSES);
  await dead.until(4);
  assert.equal(dead.seen.most, 4);
  assert.equal(dead.delivered.length, 4);
});

test('a server that ends before it has the answer sends the event once more', async (t) => {
  const database = openDatabase(t);
  let isDeaf = true;
  const hook = await receiver(t, () => (isDeaf ? undefined : 200));
  const clock = new TestClock();
  const before = startWebhooks(t, database, clock, [hook.url]);
  liveThrough(database, 'kept');
  await hook.until(1);
  await before.close();
  isDeaf = false;
  startWebhooks(t, database, clock, [hook.url]);
  await until(() => pending(database) === 0, clock);
  assert.deepEqual(hook.of('kept'), ['Starting', ...STATUSES]);
  assert.equal(hook.delivered[0]?.event.id, hook.delivered[1]?.event.id);
});

test('what nobody takes for a day is dropped, and the log says so', async (t) => {
  const database = openDatabase(t);
  let isDown = true;
  const hook = await receiver(t, () => (isDown ? 503 : 200));
  const clock = new TestClock();
  const { logged } = startWebhooks(t, database, clock, [hook.url]);
  liveThrough(database, 'dropped');
  await hook.until(1);
  await until(() => pending(database) === 0, clock, HOUR);
  assert.deepEqual(
    logged.filter((line) => line.includes('dropped')),
    [`webhook ${hook.url}: 5 event(s) were dropped: undelivered for 24 h.`],
  );
  isDown = false;
  createJob(database, 'later');
  await until(() => hook.of('later').length === 1 && pending(database) === 0, clock);
});

test('a new webhook is sent what happens from then on; one that is no more is forgotten', async (t) => {
  const database = openDatabase(t);
  const [old, young] = [await receiver(t, () => 500), await receiver(t)];
  const clock = new TestClock();
  const before = startWebhooks(t, database, clock, [old.url]);
  liveThrough(database, 'early');
  await old.until(1);
  await before.close();
  startWebhooks(t, database, clock, [young.url]);
  assert.equal(pending(database), 0);
  liveThrough(database, 'late');
  await until(() => young.delivered.length === STATUSES.length, clock, 0);
  assert.deepEqual(young.of('early'), []);
  assert.deepEqual(young.of('late'), STATUSES);
});
