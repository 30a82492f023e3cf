import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pageContext } from '../page.fixture.ts';
import { type JobsPage, listRows, namedRows } from './jobs.ts';

const call = (text: string) => ({ query: new URLSearchParams(text), signal: new AbortController().signal });

test('a search finds jobs by name, tag and hyperparameter', (t) => {
  const { context, addJob } = pageContext(t);
  addJob('Resnet-1', {
    tags: { team: 'Vision' },
    request: { HyperParameters: { lr: '0.1', note: 'first try' } },
  });
  addJob('resnet-2', { tags: { team: 'speech' }, request: { HyperParameters: { lr: '0.2' } } });
  addJob('bert', { request: { EnableManagedSpotTraining: true } });
  const find = (q: string, more = '') =>
    listRows(context, call(`q=${encodeURIComponent(q)}${more}`))
      .jobs.map(({ name }) => name)
      .sort();
  assert.deepEqual(find('RESNET'), ['Resnet-1', 'resnet-2']);
  assert.deepEqual(find('vision'), ['Resnet-1']);
  assert.deepEqual(find('tag:team=vision'), ['Resnet-1']);
  assert.deepEqual(find('tag:team'), ['Resnet-1', 'resnet-2']);
  assert.deepEqual(find('hp:lr=0.2'), ['resnet-2']);
  assert.deepEqual(find('hp:lr=0'), []);
  assert.deepEqual(find('resnet hp:lr=0.1'), ['Resnet-1']);
  assert.deepEqual(find('"first try"'), ['Resnet-1']);
  assert.deepEqual(find('', '&spot=true'), ['bert']);
  assert.deepEqual(find('', '&type=ml.m5.large'), ['Resnet-1', 'bert', 'resnet-2']);
  assert.deepEqual(find('', '&secondary=Training'), []);
});

test('the pages together are all jobs, each once, newest first; with filters too', (t) => {
  const { context, addJob } = pageContext(t);
  const names = Array.from({ length: 450 }, (_, index) => `job-${String(index).padStart(3, '0')}`);
  for (const name of names)
    addJob(name, { request: { HyperParameters: { odd: String(Number(name.slice(4)) % 2) } } });
  for (const [filter, wanted] of [
    ['', names],
    ['q=hp:odd=1', names.filter((_, index) => index % 2 === 1)],
    ['order=name&direction=ascending', names],
  ] as const) {
    const seen: string[] = [];
    for (let after: string | undefined = ''; after !== undefined; ) {
      const page: JobsPage = listRows(
        context,
        call(`${filter}${after && `&after=${encodeURIComponent(after)}`}`),
      );
      seen.push(...page.jobs.map(({ name }) => name));
      after = page.next;
    }
    assert.deepEqual(filter.startsWith('order') ? seen : seen.reverse(), wanted, filter);
  }
  assert.throws(() => listRows(context, call('after=nonsense')), /after/);
});

test('rows are told by name, those of no job left out', (t) => {
  const { context, addJob } = pageContext(t);
  addJob('a', { request: { StoppingCondition: { MaxRuntimeInSeconds: 60 } } });
  const { jobs } = namedRows(context, call('job=a&job=nobody'));
  assert.deepEqual(
    jobs.map(({ name, secondaryStatus, maxRuntimeSeconds }) => [name, secondaryStatus, maxRuntimeSeconds]),
    [['a', 'Starting', 60]],
  );
});
