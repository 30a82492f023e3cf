import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { MinuteFiles } from './minute-files.ts';

const at = (time: string) => Date.parse(`2026-01-02T${time}Z`);
const second = (time: string) => at(time) / 1000;

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'trainyard-minutes-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** The files that are whole, with their lines. */
function whole(path: string): Record<string, unknown[]> {
  const names = readdirSync(path, { recursive: true }).map(String);
  const files = names.filter((name) => name.endsWith('.json')).sort();
  return Object.fromEntries(
    files.map((name) => [
      name,
      readFileSync(join(path, name), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ]),
  );
}

test('each minute is a file, named by the second of its end, the last by the job’s (training contract §9.4)', (t) => {
  const path = folder(t);
  const files = new MinuteFiles(path, 'algo-2');
  files.append([{ n: 1 }, { n: 2 }], at('10:58:59.500'));
  files.append([{ n: 3 }], at('10:59:00.000'));
  assert.deepEqual(whole(path), { [`2026010210/${second('10:59:00')}.algo-2.json`]: [{ n: 1 }, { n: 2 }] });
  files.append([{ n: 4 }], at('11:00:00.100'));
  files.finish(at('11:00:20.700'));
  assert.deepEqual(whole(path), {
    [`2026010210/${second('10:59:00')}.algo-2.json`]: [{ n: 1 }, { n: 2 }],
    [`2026010211/${second('11:00:00')}.algo-2.json`]: [{ n: 3 }],
    [`2026010211/${second('11:00:21')}.algo-2.json`]: [{ n: 4 }],
  });
  files.finish(at('11:00:30.000'));
  assert.equal(Object.keys(whole(path)).length, 3, 'nothing was written since');
});

test('what an agent wrote before a crash is kept, beside what the next one writes in the same second', (t) => {
  const path = folder(t);
  new MinuteFiles(path, 'algo-1').append([{ n: 1 }], at('10:00:01'));
  const draft = join(path, 'current.json.sagemaker-ignore');
  utimesSync(draft, second('10:00:01'), second('10:00:01'));
  const next = new MinuteFiles(path, 'algo-1');
  next.append([{ n: 2 }], at('10:00:00.500'));
  next.finish(at('10:00:01'));
  assert.deepEqual(Object.values(whole(path)), [[{ n: 1 }], [{ n: 2 }]]);
});
