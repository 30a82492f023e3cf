import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import type { Fact } from '../../training/facts.ts';
import { IllegalTransition } from '../../training/job.ts';
import { Database } from '../database.ts';
import { putTags, tagsOf } from '../tags/tags.ts';
import { appendFact, StaleWriter } from './append-fact.ts';
import { deleteJob } from './delete-job.ts';
import { findJob, unfinishedJobs } from './find-job.ts';
import { insertJob } from './insert-job.ts';
import { jobFacts } from './job-facts.ts';
import { type JobCursor, type JobQuery, type JobSummary, listJobs } from './list-jobs.ts';

function openDatabase(context: TestContext): Database {
  const database = new Database(':memory:');
  context.after(() => database.close());
  return database;
}

const created = (name: string): Extract<Fact, { kind: 'JobCreated' }> => ({
  kind: 'JobCreated',
  name,
  arn: `arn:${name.toLowerCase()}`,
  request: { TrainingJobName: name, RoleArn: 'role', OutputDataConfig: { S3OutputPath: 's3://b/o' } },
});

function insert(database: Database, name: string, at: number) {
  const stored = insertJob(database, created(name), at);
  assert.ok(stored);
  return stored;
}

test('a job is stored once, with its facts', (context) => {
  const database = openDatabase(context);
  const stored = insert(database, 'One', 5);
  assert.equal(
    insertJob(database, created('one'), 6),
    undefined,
    'names are unique by ARN, which is lower-cased',
  );
  appendFact(database, stored, { kind: 'CapacityAwaited' }, 7);
  const found = findJob(database, 'arn:one');
  assert.equal(found?.job.secondaryStatus, 'Pending');
  assert.deepEqual(
    jobFacts(database, stored.id).map(({ number, at, fact }) => [number, at, fact.kind]),
    [
      [1, 5, 'JobCreated'],
      [2, 7, 'CapacityAwaited'],
    ],
  );
});

test('a stale writer is fenced off, and writes nothing', (context) => {
  const database = openDatabase(context);
  const stale = insert(database, 'job', 1);
  appendFact(database, stale, { kind: 'CapacityAwaited' }, 2);
  assert.throws(() => appendFact(database, stale, { kind: 'DownloadStarted' }, 3), StaleWriter);
  assert.equal(findJob(database, 'arn:job')?.job.secondaryStatus, 'Pending');
  assert.equal(jobFacts(database, stale.id).length, 2);
});

test('an illegal transition can not be written', (context) => {
  const database = openDatabase(context);
  const stored = insert(database, 'job', 1);
  assert.throws(() => appendFact(database, stored, { kind: 'JobCompleted' }, 2), IllegalTransition);
  // Nor by a writer whose own idea of the job is wrong: the guard in SQL stands on the table too.
  const pretended = { ...stored, job: { ...stored.job, secondaryStatus: 'Uploading' as const } };
  assert.throws(() => appendFact(database, pretended, { kind: 'JobCompleted' }, 2), StaleWriter);
});

test('a deleted job takes its facts and tags along, and frees its name', (context) => {
  const database = openDatabase(context);
  let stored = insert(database, 'job', 1);
  putTags(database, 'arn:job', [{ Key: 'k', Value: 'v' }]);
  deleteJob(database, stored);
  assert.ok(findJob(database, 'arn:job'), 'a job that has not ended stays');
  assert.equal(tagsOf(database, 'arn:job').length, 1);
  stored = appendFact(database, stored, { kind: 'JobFailed', reason: 'x' }, 2);
  assert.deepEqual(unfinishedJobs(database), []);
  deleteJob(database, stored);
  assert.equal(findJob(database, 'arn:job'), undefined);
  assert.deepEqual(jobFacts(database, stored.id), []);
  assert.deepEqual(tagsOf(database, 'arn:job'), []);
  assert.ok(insertJob(database, created('job'), 3));
});

test('a job that is read again and again is always the newest, also after writes and deletions', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-jobs-'));
  const database = new Database(join(folder, 'jobs.db'), { exclusive: true });
  context.after(() => {
    database.close();
    rmSync(folder, { recursive: true });
  });
  let stored = insert(database, 'job', 1);
  assert.equal(findJob(database, 'arn:job'), findJob(database, 'arn:job'), 'it is kept');
  stored = appendFact(database, stored, { kind: 'CapacityAwaited' }, 2);
  assert.equal(findJob(database, 'arn:job')?.job.secondaryStatus, 'Pending');
  assert.throws(() =>
    database.transaction(() => {
      appendFact(database, stored, { kind: 'JobFailed', reason: 'x' }, 3);
      assert.equal(findJob(database, 'arn:job')?.job.secondaryStatus, 'Failed');
      throw new Error('undone');
    }),
  );
  assert.equal(findJob(database, 'arn:job')?.job.secondaryStatus, 'Pending');
  deleteJob(database, appendFact(database, stored, { kind: 'JobFailed', reason: 'x' }, 3));
  assert.equal(findJob(database, 'arn:job'), undefined);
});

/** All pages of a list, one after the other. */
function listAll(database: Database, query: JobQuery): JobSummary[] {
  const all: JobSummary[] = [];
  let after: JobCursor | undefined = query.after;
  do {
    const page = listJobs(database, { ...query, ...(after && { after }) });
    assert.ok(page.jobs.length <= query.limit);
    all.push(...page.jobs);
    after = page.next;
  } while (after);
  return all;
}

test('pages give each job that passes exactly once, in order, for any filters', (context) => {
  const database = openDatabase(context);
  const times = [1, 2, 2, 2, 3, 5, 5, 8, 13, 13, 21, 34];
  for (const [index, time] of times.entries()) {
    const stored = insert(database, `${'zyx'[index % 3]}-${index}`, time);
    if (index % 2) appendFact(database, stored, { kind: 'JobFailed', reason: 'x' }, time + index);
  }
  const everything = listAll(database, { orderBy: 'CreationTime', descending: false, limit: 100 });
  assert.equal(everything.length, times.length);
  const keyOf = {
    Name: ['name', 'id'],
    CreationTime: ['createdAt', 'id'],
    Status: ['status', 'createdAt', 'id'],
  } as const;
  const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  const time = optional(fc.integer({ min: 0, max: 40 }));
  fc.assert(
    fc.property(
      fc.record({
        orderBy: fc.constantFrom('Name' as const, 'CreationTime' as const, 'Status' as const),
        descending: fc.boolean(),
        limit: fc.integer({ min: 1, max: 13 }),
        createdAfter: time,
        createdBefore: time,
        modifiedAfter: time,
        modifiedBefore: time,
        nameContains: optional(fc.constantFrom('z', 'y-1', '1', 'none')),
        status: optional(fc.constantFrom('InProgress', 'Failed', 'Stopped')),
      }),
      (options) => {
        const query = Object.fromEntries(
          Object.entries(options).filter(([, value]) => value !== undefined),
        ) as unknown as JobQuery;
        const expected = everything
          .filter(
            (job) =>
              job.createdAt > (query.createdAfter ?? -1) &&
              job.createdAt < (query.createdBefore ?? 99) &&
              job.modifiedAt > (query.modifiedAfter ?? -1) &&
              job.modifiedAt < (query.modifiedBefore ?? 99) &&
              job.name.includes(query.nameContains ?? '') &&
              (query.status ?? job.status) === job.status,
          )
          .sort((a, b) => {
            for (const key of keyOf[query.orderBy]) {
              if (a[key] !== b[key]) return (a[key] < b[key] ? -1 : 1) * (query.descending ? -1 : 1);
            }
            return 0;
          });
        assert.deepEqual(listAll(database, query), expected);
      },
    ),
  );
});

test('a page looks at a bounded number of jobs, also when none passes', (context) => {
  const database = openDatabase(context);
  database.transaction(() => {
    for (let index = 0; index < 9000; index++) insert(database, `job-${index}`, index);
  });
  const query: JobQuery = { orderBy: 'CreationTime', descending: false, limit: 10, nameContains: '8999' };
  const first = listJobs(database, query);
  assert.deepEqual(first.jobs, []);
  assert.ok(first.next, 'an empty page goes on, as the real service does (wire-api §7)');
  assert.deepEqual(
    listAll(database, query).map((job) => job.name),
    ['job-8999'],
  );
});
