import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createJob, LIFE, openDatabase } from '../../events/testing/told-jobs.fixture.ts';
import { apply, type Job } from '../../training/job.ts';
import type { JobEvent } from '../../training/job-event.ts';
import { changesStatus } from '../../training/job-event.ts';
import { Database } from '../database.ts';
import { appendFact, StaleWriter } from '../jobs/append-fact.ts';
import { jobFacts } from '../jobs/job-facts.ts';
import { eventsAfter } from './list-events.ts';

const writer = fileURLToPath(new URL('../../events/testing/endless-writer.fixture.ts', import.meta.url));

const statusesOf = (database: Database, job: string) =>
  eventsAfter(database, { after: 0, job, limit: 1000 }).map(
    ({ event }) => (JSON.parse(event) as JobEvent).detail.SecondaryStatus,
  );

test('a fact that is not stored has no event', (t) => {
  const database = openDatabase(t);
  const stored = createJob(database, 'a');
  const [assigned, started] = LIFE;
  assert.ok(assigned && started);
  appendFact(database, appendFact(database, stored, assigned, 1), started, 2);
  assert.throws(() => appendFact(database, stored, { kind: 'JobFailed', reason: 'x' }, 3), StaleWriter);
  const undo = new Error('undo');
  assert.throws(
    () =>
      database.transaction(() => {
        createJob(database, 'b');
        throw undo;
      }),
    undo,
  );
  assert.deepEqual(statusesOf(database, 'a'), ['Starting', 'Downloading']);
  assert.deepEqual(statusesOf(database, 'b'), []);
});

test('whenever its writer is killed, each stored change of status has its event, and nothing else has', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-events-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'events.db');
  for (let round = 0; round < 4; round++) {
    const child = spawn(process.execPath, [writer, path, `round-${round}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    // It tells of each job that it has written: killed in the midst of one of those that follow.
    let told = 0;
    child.stdout.on('data', (bytes: Buffer) => {
      told += bytes.length;
      if (told > 10 + round) child.kill('SIGKILL');
    });
    await once(child, 'exit');
  }
  const database = new Database(path);
  t.after(() => database.close());
  const jobs = database.prepare('SELECT id, name FROM jobs').all() as { id: number; name: string }[];
  assert.ok(jobs.length > 40);
  for (const { id, name } of jobs) {
    let job: Job | undefined;
    const wanted: string[] = [];
    for (const { fact, at } of jobFacts(database, id)) {
      const next = apply(job, fact, at);
      if (changesStatus(job, next)) wanted.push(next.secondaryStatus);
      job = next;
    }
    assert.deepEqual(statusesOf(database, name), wanted);
  }
});
