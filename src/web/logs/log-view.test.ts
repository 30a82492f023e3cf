import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { addLogStream } from '../../store/logs/add-log-stream.ts';
import { pageContext } from '../page.fixture.ts';
import { LONGEST_SHOWN_BYTES } from './file-lines.ts';
import { LogViews } from './log-view.ts';

function setUp(t: TestContext) {
  const { logs, database } = pageContext(t);
  let made = 0;
  const streamOf = (content: string | Buffer) => {
    made++;
    const stream = addLogStream(database, {
      name: `job/${made}`,
      file: `${made}`,
      jobId: made,
      host: 'algo-1',
    });
    assert.ok(stream);
    writeFileSync(logs.path(stream), content);
    return { stream, path: logs.path(stream) };
  };
  return { views: new LogViews(logs), streamOf };
}

const text = ([, line]: readonly [number, string, number]) => line;

test('any lines of any log, as it grows', async (t) => {
  const { views, streamOf } = setUp(t);
  const line = fc.string({ unit: fc.constantFrom('a', 'ü', ' ', '€'), maxLength: 5 });
  const part = fc.array(line, { maxLength: 700 }).map((lines) => lines.map((each) => `${each}\n`).join(''));
  await fc.assert(
    fc.asyncProperty(
      fc.array(part, { minLength: 1, maxLength: 3 }),
      line,
      fc.nat(800),
      fc.nat(300),
      async (parts, last, first, count) => {
        const { stream, path } = streamOf('');
        let written = '';
        for (const each of [...parts, last]) {
          appendFileSync(path, each);
          written += each;
          const all = written.split('\n');
          if (all.at(-1) === '') all.pop();
          const page = await views.lines(stream, first, count);
          assert.equal(page.total, all.length);
          assert.deepEqual(page.lines.map(text), all.slice(first, first + count));
        }
      },
    ),
    { numRuns: 40 },
  );
});

test('of an endless line the beginning is shown, and how much more there is', async (t) => {
  const { views, streamOf } = setUp(t);
  const { stream } = streamOf(`before\n${'x'.repeat(3_000_000)}\nafter\n`);
  const { total, lines } = await views.lines(stream, 0, 10);
  assert.equal(total, 3);
  assert.deepEqual(
    lines.map(([, line, cut]) => [line.length, cut]),
    [
      [6, 0],
      [LONGEST_SHOWN_BYTES, 3_000_000 - LONGEST_SHOWN_BYTES],
      [5, 0],
    ],
  );
});

test('a search tells the lines that hold a text, from a line on, as many as are asked for', async (t) => {
  const { views, streamOf } = setUp(t);
  const lines = Array.from({ length: 5000 }, (_, index) =>
    index % 1000 === 7 ? `Loss of ${index}` : `line ${index}`,
  );
  const { stream } = streamOf(`${lines.join('\n')}\n`);
  assert.deepEqual(await views.search(stream, 'LOSS', 0, 100), { lines: [7, 1007, 2007, 3007, 4007] });
  assert.deepEqual(await views.search(stream, 'loss', 1008, 2), { lines: [2007, 3007], next: 3008 });
  assert.deepEqual(await views.search(stream, 'nowhere', 0, 100), { lines: [] });
});

test('a file that lost its end is read anew', async (t) => {
  const { views, streamOf } = setUp(t);
  const { stream, path } = streamOf('a\nb\nc\n');
  assert.equal((await views.extent(stream)).lines, 3);
  writeFileSync(path, 'd\n');
  assert.deepEqual((await views.lines(stream, 0, 10)).lines.map(text), ['d']);
});
