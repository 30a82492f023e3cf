import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { MetricScanWorker } from './metric-scan-worker.ts';

const PATIENCE_MS = 400;
const RUNAWAY = '(a+)+$';

describe('the scan worker', () => {
  let folder: string;
  let worker: MetricScanWorker;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'scan-worker-'));
    worker = new MetricScanWorker(PATIENCE_MS);
  });
  afterEach(async () => {
    await worker.close();
    rmSync(folder, { recursive: true });
  });

  function file(content: string | Buffer) {
    const path = join(folder, 'log');
    writeFileSync(path, content);
    return { path, from: 0, to: Buffer.byteLength(content) };
  }

  test('finds the values of whole lines, line by line and definition by definition', async () => {
    const lines = file('x=1 y=2\nnothing\ny=3\nx=4');
    const outcome = await worker.scan({ ...lines, definitions: ['x=(\\d)', null, 'y=(\\d)'] });
    assert.ok(outcome.kind === 'scanned');
    assert.deepEqual([...outcome.found], [0, 1, 8, 2, 2, 8, 2, 3, 20]);
    assert.equal(outcome.end, 20);
  });

  test('searches what is UTF-8, what is not, and control characters in both forms', async () => {
    const lines = Buffer.concat([Buffer.from('ä\tx=1\n'), Buffer.from([0xff]), Buffer.from('x=2\n\tx=3\n')]);
    const outcome = await worker.scan({ ...file(lines), definitions: ['(?:ä\\t|\ufffd|^#011)x=(\\d)'] });
    assert.ok(outcome.kind === 'scanned');
    assert.deepEqual(
      [...outcome.found].filter((_, index) => index % 3 === 1),
      [1, 2, 3],
    );
  });

  test('leaves lines of our own alone', async () => {
    const outcome = await worker.scan({ ...file('[trainyard] x=1\nx=2\n'), definitions: ['x=(\\d)'] });
    assert.ok(outcome.kind === 'scanned');
    assert.deepEqual([...outcome.found], [0, 2, 20]);
  });

  test('goes on from where a batch ended', async () => {
    const count = 100_000;
    const lines = file(Array.from({ length: count }, (_, index) => `step ${index} x=${index}\n`).join(''));
    let from = 0;
    let found = 0;
    let batches = 0;
    while (from < lines.to) {
      const outcome = await worker.scan({ ...lines, from, definitions: ['x=(\\d+)'] });
      assert.ok(outcome.kind === 'scanned' && outcome.end > from);
      from = outcome.end;
      found += outcome.found.length / 3;
      batches++;
    }
    assert.equal(found, count);
    assert.ok(batches > 1);
  });

  test('a runaway expression is told, and neither the event loop nor who comes after waits for ever', async () => {
    const lines = file(`${'a'.repeat(60)}b\nx=1\n`);
    let turns = 0;
    const ticking = setInterval(() => turns++, 1);
    const offence = worker.scan({ ...lines, definitions: ['x=(\\d)', RUNAWAY] });
    const next = worker.scan({ ...lines, definitions: ['x=(\\d)', null] });
    const outcome = await offence;
    clearInterval(ticking);
    assert.ok(outcome.kind === 'offence');
    assert.equal(outcome.definition, 1);
    assert.match(outcome.detail, /more than 0\.4 seconds/);
    assert.ok(turns > 10, `the event loop turned ${turns} times`);
    const after = await next;
    assert.ok(after.kind === 'scanned');
    assert.deepEqual([...after.found], [0, 1, 66]);
  });

  test('a file that is gone rejects, and the worker goes on', async () => {
    const gone = { path: join(folder, 'gone'), from: 0, to: 10, definitions: ['x=(\\d)'] };
    await assert.rejects(worker.scan(gone), /ENOENT/);
    const outcome = await worker.scan({ ...file('x=1\n'), definitions: ['x=(\\d)'] });
    assert.equal(outcome.kind, 'scanned');
  });

  test('closing rejects what waits', async () => {
    const lines = file(`${'a'.repeat(60)}b\n`);
    const waiting = [1, 2].map(() => worker.scan({ ...lines, definitions: [RUNAWAY] }));
    const outcomes = Promise.allSettled(waiting);
    await worker.close();
    assert.deepEqual(
      (await outcomes).map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    await assert.rejects(worker.scan({ ...lines, definitions: [] }), /closed/);
  });
});
