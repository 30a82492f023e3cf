import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { MessageStream } from '../../services/own-service.ts';
import { addLogStream } from '../../store/logs/add-log-stream.ts';
import { endLogStream } from '../../store/logs/end-log-stream.ts';
import { LogViews } from '../logs/log-view.ts';
import { OWNER_KEY, pageContext, startPage } from '../page.fixture.ts';
import { followLog } from './log.ts';

function setUp(t: TestContext) {
  const { context, logs, database, clock } = pageContext(t);
  const stream = addLogStream(database, { name: 'job/algo-1-1', file: 'log', jobId: 1, host: 'algo-1' });
  assert.ok(stream);
  const over = new AbortController();
  const query = new URLSearchParams({ stream: stream.name });
  const follow = () => {
    const followed = followLog(new LogViews(logs))(context, { query, signal: over.signal });
    assert.ok(followed instanceof MessageStream);
    const messages = followed.messages[Symbol.asyncIterator]();
    return async () => {
      const { value, done } = await messages.next();
      return done ? undefined : JSON.parse(value.data ?? '');
    };
  };
  return {
    ...{ follow, over, clock },
    write: (text: string) => appendFileSync(logs.path(stream), text),
    end: () => endLogStream(database, stream.id, clock.now(), 0),
  };
}

const textOf = (message: { lines: [number, string][] }) => message.lines.map(([, text]) => text);

test('who follows a log is told the last lines, each new one, and its end', async (t) => {
  const { follow, write, end, clock } = setUp(t);
  write(Array.from({ length: 500 }, (_, index) => `line ${index}\n`).join(''));
  const next = follow();
  const first = await next();
  assert.deepEqual([first.total, first.first, first.lines.length], [500, 300, 200]);
  const waiting = next();
  write('half a li');
  await clock.advance(100);
  assert.deepEqual(textOf(await waiting), ['line 499', 'half a li']);
  const rest = next();
  write('ne\n');
  end();
  await clock.advance(100);
  const last = await rest;
  assert.deepEqual([last.total, last.first, textOf(last)], [501, 500, ['half a line']]);
  assert.deepEqual(await next(), { total: 501, ended: 'job/algo-1-1' });
  assert.equal(await next(), undefined);
});

test('it ends when nobody listens any more', async (t) => {
  const { follow, write, over } = setUp(t);
  write('a\n');
  const next = follow();
  await next();
  const waiting = next();
  over.abort();
  assert.equal(await waiting, undefined);
});

test('a closing server ends it', async (t) => {
  const { url, signIn, closing, database, logs } = await startPage(t);
  const stream = addLogStream(database, { name: 'job/algo-1-1', file: 'log', jobId: 1, host: 'algo-1' });
  assert.ok(stream);
  appendFileSync(logs.path(stream), 'a\n');
  const login = await fetch(`${url}/_trainyard/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: url },
    body: new URLSearchParams(OWNER_KEY).toString(),
    redirect: 'manual',
  });
  assert.ok(signIn.holds((login.headers.get('set-cookie') ?? '').split(';')[0]?.split('=')[1]));
  const response = await fetch(`${url}/_trainyard/page/log/follow?stream=job/algo-1-1`, {
    headers: { 'x-trainyard-page': '1', cookie: (login.headers.get('set-cookie') ?? '').split(';')[0] ?? '' },
  });
  closing.abort();
  assert.match(await response.text(), /"total":1/);
});
