import assert from 'node:assert/strict';
import { before, describe as group, test } from 'node:test';
import {
  AddTagsCommand,
  CreateTrainingJobCommand,
  DeleteTagsCommand,
  ListTagsCommand,
  ListTrainingJobsCommand,
  type ListTrainingJobsCommandInput,
  paginateListTrainingJobs,
} from '@aws-sdk/client-sagemaker';
import { request, unique } from './cases.ts';
import { create, describe, sagemaker, waitForEnd } from './jobs.ts';

group('ListTrainingJobs', () => {
  const prefix = unique('list');
  // Their names sort against the order of their creation. The last one fails.
  const jobs = [...'edcba'].map((letter) => `${prefix}-${letter}`);
  const last = `${prefix}-a`;

  before(async () => {
    for (const job of jobs) {
      const change = job === last ? { set: { 'AlgorithmSpecification.ContainerArguments': ['exit 1'] } } : {};
      await sagemaker.send(new CreateTrainingJobCommand(request('minimal', { job }, change)));
    }
    for (const job of jobs) await waitForEnd(job).catch(() => {});
  });

  async function list(input: ListTrainingJobsCommandInput): Promise<(string | undefined)[]> {
    const answer = await sagemaker.send(new ListTrainingJobsCommand({ NameContains: prefix, ...input }));
    return (answer.TrainingJobSummaries ?? []).map(({ TrainingJobName }) => TrainingJobName);
  }

  test('the paginator of the client finds each once, in order', async () => {
    const pages = paginateListTrainingJobs(
      { client: sagemaker, pageSize: 2 },
      { NameContains: prefix, SortBy: 'CreationTime', SortOrder: 'Ascending' },
    );
    const names = [];
    for await (const { TrainingJobSummaries: page = [] } of pages) {
      assert.ok(page.length <= 2);
      names.push(...page.map(({ TrainingJobName }) => TrainingJobName));
    }
    assert.deepEqual(names, jobs);
  });

  test('order', async () => {
    assert.deepEqual(await list({ SortBy: 'CreationTime', SortOrder: 'Descending' }), jobs.toReversed());
    assert.deepEqual(await list({ SortBy: 'Name', SortOrder: 'Ascending' }), jobs.toSorted());
    assert.equal((await list({ SortBy: 'Status', SortOrder: 'Descending' }))[0], last);
  });

  test('filters', async () => {
    assert.deepEqual(await list({ StatusEquals: 'Failed' }), [last]);
    assert.deepEqual(
      (await list({ StatusEquals: 'Completed' })).sort(),
      jobs.filter((job) => job !== last).sort(),
    );
    const created = Number((await describe(jobs[0] ?? '')).CreationTime);
    assert.deepEqual(await list({ CreationTimeBefore: new Date(created - 1000) }), []);
    assert.equal((await list({ CreationTimeAfter: new Date(created - 1000) })).length, jobs.length);
  });
});

test('tags', async () => {
  const job = await create('minimal', 'tags', { set: { Tags: [{ Key: 'stage', Value: 'first' }] } });
  const { TrainingJobArn: arn } = await describe(job);
  const tags = async () => (await sagemaker.send(new ListTagsCommand({ ResourceArn: arn }))).Tags ?? [];
  assert.deepEqual(await tags(), [{ Key: 'stage', Value: 'first' }]);
  const added = [
    { Key: 'owner', Value: '' },
    { Key: 'stage', Value: 'second' },
  ];
  await sagemaker.send(new AddTagsCommand({ ResourceArn: arn, Tags: added }));
  assert.deepEqual(
    (await tags()).sort((a, b) => (a.Key ?? '').localeCompare(b.Key ?? '')),
    added,
  );
  await sagemaker.send(new DeleteTagsCommand({ ResourceArn: arn, TagKeys: ['stage'] }));
  assert.deepEqual(await tags(), [{ Key: 'owner', Value: '' }]);
  await waitForEnd(job);
});
