import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { hasEnded } from '../harness/shell-job.ts';
import { Place } from './place.ts';
import { isSigned, Receiver } from './receiver.ts';

const secret = `whsec_${randomBytes(32).toString('base64')}`;
const WHOLE_LIFE = ['Starting', 'Downloading', 'Training', 'Uploading', 'Completed'];

interface Told {
  readonly id: string;
  readonly number?: number;
  readonly 'detail-type': string;
  readonly detail: {
    readonly TrainingJobName: string;
    readonly SecondaryStatus: string;
    readonly Tags: object;
  };
}

const eventsIn = (receiver: Receiver): Told[] => receiver.received.map(({ body }) => JSON.parse(body));

async function until(isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + 60_000; !isSo(); await delay(20)) {
    if (Date.now() > end) throw new Error('it is not so within a minute');
  }
}

test('webhooks are told each change of status, signed and in order, while another one is dead', async (t) => {
  const [live, dead] = [new Receiver(), new Receiver()];
  dead.answer = () => 'hang';
  const webhooks = [
    { url: await live.listen(), secret },
    { url: await dead.listen(), secret, timeoutSeconds: 2 },
  ];
  const place = await Place.open({ events: { webhooks } });
  t.after(async () => {
    await place.close();
    await Promise.all([live.close(), dead.close()]);
  });

  await place.create('told', 'true', { Tags: [{ Key: 'team', Value: 'vision' }] });
  await until(() => live.received.length >= WHOLE_LIFE.length);
  const events = eventsIn(live);
  assert.deepEqual(
    events.map(({ detail }) => detail.SecondaryStatus),
    WHOLE_LIFE,
  );
  for (const { detail, 'detail-type': type } of events) {
    assert.equal(type, 'SageMaker Training Job State Change');
    assert.deepEqual(detail.Tags, { team: 'vision' });
  }
  for (const received of live.received) {
    assert.ok(isSigned(received, secret));
    assert.ok(!isSigned(received, `whsec_${randomBytes(32).toString('base64')}`));
    assert.equal(received.headers['webhook-id'], JSON.parse(received.body).id);
  }
});

test('a receiver that was down, and a server that was killed, lose no event', async (t) => {
  const receiver = new Receiver();
  const url = await receiver.listen();
  receiver.answer = () => 503;
  const place = await Place.open({ events: { webhooks: [{ url, secret }] } });
  t.after(async () => {
    await place.close();
    await receiver.close();
  });

  await place.create('kept', 'true');
  await place.until('kept', hasEnded);
  await until(() => receiver.received.length > 0);
  await place.crash();
  const before = receiver.received.length;
  receiver.answer = () => 200;
  await place.restart();
  await until(() => eventsIn(receiver).at(-1)?.detail.SecondaryStatus === 'Completed');
  // The first event was sent before too, perhaps at the instant of the kill: by its id the receiver knows.
  const after = new Map(
    eventsIn(receiver)
      .slice(before)
      .map((each) => [each.id, each]),
  );
  assert.deepEqual(
    [...after.values()].map(({ detail }) => detail.SecondaryStatus),
    WHOLE_LIFE,
  );
  assert.ok(after.has(eventsIn(receiver)[0]?.id ?? ''));
});

test('watch goes on over a restart of the server, and neither loses nor doubles an event', async (t) => {
  const place = await Place.open({});
  t.after(() => place.close());
  const watch = place.begin('watch', '--json', '--since', '0');
  t.after(() => watch.kill());
  const events: Told[] = [];
  assert.ok(watch.stdout);
  createInterface({ input: watch.stdout }).on('line', (line) => events.push(JSON.parse(line)));

  await place.create('first', 'true');
  await until(() => events.length === WHOLE_LIFE.length);
  await place.crash();
  await place.restart();
  await place.trainyard('fault', 'second', 'lose-host');
  await place.create('second', 'sleep 600');
  await until(() => events.at(-1)?.detail.SecondaryStatus === 'Failed');
  const told = events.map((each) => each.detail.SecondaryStatus ?? each['detail-type']);
  assert.deepEqual(told, [
    ...WHOLE_LIFE,
    ...['Starting', 'Downloading', 'Training', 'Trainyard Fault Struck', 'Uploading', 'Failed'],
  ]);
  const numbers = events.map(({ number }) => number);
  assert.deepEqual(
    numbers,
    [...new Set(numbers)].sort((a = 0, b = 0) => a - b),
  );

  const untilEnd = (job: string) => place.trainyard('watch', '--job', job, '--until-end');
  assert.equal((await untilEnd('first')).code, 0);
  const failed = await untilEnd('second');
  assert.equal(failed.code, 1);
  assert.match(failed.stdout, /second {2}Failed +InternalServerError/);
});
