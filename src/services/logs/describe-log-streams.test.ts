import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { DescribeLogGroupsResponse, DescribeLogStreamsResponse } from '../../model/types.generated.ts';
import { GROUP, LogsFixture } from './logs-fixture.ts';

describe('DescribeLogStreams', () => {
  let logs: LogsFixture;
  beforeEach(() => {
    logs = new LogsFixture();
  });
  afterEach(() => logs.close());

  const list = (input: object) =>
    logs.call<DescribeLogStreamsResponse>('DescribeLogStreams', { ...GROUP, ...input });
  const names = ({ logStreams }: DescribeLogStreamsResponse) =>
    logStreams?.map(({ logStreamName }) => logStreamName);

  async function allPages(input: object): Promise<(string | undefined)[]> {
    const all: (string | undefined)[] = [];
    for (let nextToken: string | undefined; ; ) {
      const page = await list({ ...input, nextToken });
      all.push(...(names(page) ?? []));
      nextToken = page.nextToken;
      if (nextToken === undefined) return all;
    }
  }

  test('tells of a stream what is in it', async () => {
    await logs.write('job/algo-1-1', 'one\n');
    await logs.clock.advance(7);
    await logs.write('job/algo-1-1', 'two\nthr');
    assert.deepEqual(await list({}), {
      logStreams: [
        {
          logStreamName: 'job/algo-1-1',
          creationTime: 1_000_000,
          firstEventTimestamp: 1_000_000,
          lastEventTimestamp: 1_000_007,
          lastIngestionTime: 1_000_007,
          arn: 'arn:aws:logs:eu-west-1:123456789012:log-group:/aws/sagemaker/TrainingJobs:log-stream:job/algo-1-1',
          storedBytes: 11,
        },
      ],
    });
  });

  test('all streams of a job come without a token where the limit holds them', async () => {
    for (const host of [1, 2, 3]) await logs.write(`job/algo-${host}-1`, 'x\n');
    await logs.write('job-2/algo-1-1', 'x\n');
    const response = await list({ logStreamNamePrefix: 'job/', orderBy: 'LogStreamName', limit: 3 });
    assert.deepEqual(names(response), ['job/algo-1-1', 'job/algo-2-1', 'job/algo-3-1']);
    assert.equal('nextToken' in response, false);
  });

  test('more of them come page by page, in either order', async () => {
    const expected = Array.from({ length: 7 }, (_, index) => `job/algo-${index}-1`);
    for (const name of expected.toReversed()) await logs.write(name, 'x\n');
    assert.deepEqual(await allPages({ limit: 2 }), expected);
    assert.deepEqual(await allPages({ limit: 3, descending: true }), expected.toReversed());
  });

  test('by the last event, those that run among those that have ended', async () => {
    for (const name of ['d', 'b', 'a', 'c', 'e']) {
      await logs.write(name, 'x\n');
      if (name !== 'a' && name !== 'e') logs.end(name);
      await logs.clock.advance(10);
    }
    for (const limit of [1, 2, 5]) {
      const order = { orderBy: 'LastEventTime', limit };
      assert.deepEqual(await allPages(order), ['d', 'b', 'a', 'c', 'e']);
      assert.deepEqual(await allPages({ ...order, descending: true }), ['e', 'c', 'a', 'b', 'd']);
    }
  });

  test('before the first output there is no group; a prefix that nothing has gives nothing', async () => {
    const noGroup = { code: 'ResourceNotFoundException', message: 'The specified log group does not exist.' };
    assert.deepEqual(await logs.refusal('DescribeLogStreams', GROUP), noGroup);
    assert.deepEqual(await logs.call('DescribeLogGroups', {}), { logGroups: [] });
    await logs.write('job/algo-1-1', 'x\n');
    assert.deepEqual(await list({ logStreamNamePrefix: 'other/' }), { logStreams: [] });
  });

  test('a prefix is taken as it is', async () => {
    await logs.write('a_b/x', 'x\n');
    await logs.write('axb/x', 'x\n');
    assert.deepEqual(names(await list({ logStreamNamePrefix: 'a_' })), ['a_b/x']);
  });

  test('what cannot be honoured is refused', async () => {
    await logs.write('job/algo-1-1', 'x\n');
    const both = await logs.refusal('DescribeLogStreams', {
      ...GROUP,
      orderBy: 'LastEventTime',
      logStreamNamePrefix: 'j',
    });
    assert.equal(both.message, 'Cannot order by LastEventTime with a logStreamNamePrefix.');
    for (const input of [
      { nextToken: 'x' },
      { nextToken: 't/1/x' },
      { orderBy: 'LastEventTime', nextToken: 'n/x' },
    ]) {
      assert.equal(
        (await logs.refusal('DescribeLogStreams', { ...GROUP, ...input })).code,
        'InvalidParameterException',
      );
    }
  });

  test('DescribeLogGroups tells of the one group', async () => {
    await logs.write('job/algo-1-1', 'one\n');
    const groups = (input: object) => logs.call<DescribeLogGroupsResponse>('DescribeLogGroups', input);
    const { logGroups = [] } = await groups({ logGroupNamePrefix: '/aws/sagemaker/' });
    assert.deepEqual(logGroups, [
      {
        logGroupName: '/aws/sagemaker/TrainingJobs',
        creationTime: 1_000_000,
        arn: 'arn:aws:logs:eu-west-1:123456789012:log-group:/aws/sagemaker/TrainingJobs:*',
        metricFilterCount: 0,
        storedBytes: 4,
        logGroupClass: 'STANDARD',
        logGroupArn: 'arn:aws:logs:eu-west-1:123456789012:log-group:/aws/sagemaker/TrainingJobs',
      },
    ]);
    assert.equal((await groups({ logGroupNamePattern: 'maker/Train' })).logGroups?.length, 1);
    for (const input of [
      { logGroupNamePrefix: '/aws/lambda' },
      { logGroupClass: 'DELIVERY' },
      { logGroupIdentifiers: ['x'] },
    ]) {
      assert.deepEqual(await groups(input), { logGroups: [] });
    }
    for (const input of [
      { includeLinkedAccounts: true },
      { accountIdentifiers: ['1'] },
      { nextToken: 'x' },
    ]) {
      assert.equal((await logs.refusal('DescribeLogGroups', input)).code, 'InvalidParameterException');
    }
  });
});
