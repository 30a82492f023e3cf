import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { GetLogEventsResponse } from '../../model/types.generated.ts';
import { GROUP, LogsFixture } from './logs-fixture.ts';

const STREAM = 'job/algo-1-1000';
const ASKED = { ...GROUP, logStreamName: STREAM };

describe('GetLogEvents', () => {
  let logs: LogsFixture;
  beforeEach(() => {
    logs = new LogsFixture();
  });
  afterEach(() => logs.close());

  const get = (input: object) => logs.call<GetLogEventsResponse>('GetLogEvents', { ...ASKED, ...input });
  const messages = ({ events }: GetLogEventsResponse) => events?.map(({ message }) => message);

  async function writeNumbers(count: number): Promise<void> {
    await logs.write(STREAM, Array.from({ length: count }, (_, index) => `${index}\n`).join(''));
  }

  test('answers events with their times, and a token for each direction', async () => {
    await logs.write(STREAM, 'one\n');
    await logs.clock.advance(5);
    await logs.write(STREAM, 'two\tand\r\n');
    const response = await get({ startFromHead: true });
    assert.deepEqual(response.events, [
      { timestamp: 1_000_000, message: 'one', ingestionTime: 1_000_000 },
      { timestamp: 1_000_005, message: 'two#011and#015', ingestionTime: 1_000_005 },
    ]);
    assert.match(response.nextForwardToken ?? '', /^f\//);
    assert.match(response.nextBackwardToken ?? '', /^b\//);
  });

  test('without startFromHead the last events come, in the order of time', async () => {
    await writeNumbers(10);
    const last = await get({ limit: 3 });
    assert.deepEqual(messages(last), ['7', '8', '9']);
    const before = await get({ limit: 3, nextToken: last.nextBackwardToken });
    assert.deepEqual(messages(before), ['4', '5', '6']);
    assert.deepEqual(messages(await get({ limit: 3, nextToken: before.nextForwardToken })), ['7', '8', '9']);
  });

  test('at the end the same token comes back, and gives more once there is more', async () => {
    await writeNumbers(4);
    const all = await get({ startFromHead: true });
    const end = await get({ startFromHead: true, nextToken: all.nextForwardToken });
    assert.deepEqual(end, {
      events: [],
      nextForwardToken: all.nextForwardToken,
      nextBackwardToken: end.nextBackwardToken,
    });
    await logs.write(STREAM, 'more\nunfinished');
    const more = await get({ startFromHead: true, nextToken: end.nextForwardToken });
    assert.deepEqual(messages(more), ['more']);
    assert.deepEqual(await get({ nextToken: more.nextForwardToken, limit: 5 }).then(messages), []);
    await logs.write(STREAM, ' line\n');
    assert.deepEqual(messages(await get({ nextToken: more.nextForwardToken })), ['unfinished line']);
  });

  test('at the beginning the same token comes back as well', async () => {
    await writeNumbers(2);
    const all = await get({});
    const begin = await get({ nextToken: all.nextBackwardToken });
    assert.deepEqual([begin.events, begin.nextBackwardToken], [[], all.nextBackwardToken]);
    assert.deepEqual(messages(await get({ nextToken: begin.nextForwardToken })), ['0', '1']);
  });

  test('startTime is inclusive, endTime is not, whichever way one reads', async () => {
    for (let index = 0; index < 5; index++) {
      await logs.write(STREAM, `${index}\n`);
      await logs.clock.advance(10);
    }
    for (const startFromHead of [true, false]) {
      const times = { startTime: 1_000_010, endTime: 1_000_030, startFromHead };
      assert.deepEqual(messages(await get(times)), ['1', '2']);
    }
    const first = await get({ startTime: 1_000_010, endTime: 1_000_030, startFromHead: true, limit: 1 });
    const second = await get({ startTime: 1_000_010, endTime: 1_000_030, nextToken: first.nextForwardToken });
    assert.deepEqual([messages(first), messages(second)], [['1'], ['2']]);
    assert.deepEqual(messages(await get({ startTime: 2_000_000, startFromHead: true })), []);
  });

  test('a page holds 10,000 events or a megabyte, and paging misses nothing', async () => {
    await writeNumbers(10_001);
    const first = await get({ startFromHead: true });
    assert.equal(first.events?.length, 10_000);
    assert.deepEqual(messages(await get({ nextToken: first.nextForwardToken })), ['10000']);

    await logs.write('job/algo-2-1000', Buffer.alloc(2_000_000, 'x'));
    await logs.write('job/algo-2-1000', '\n');
    const sizes: number[] = [];
    let pages = 0;
    for (let token: string | undefined; ; pages++) {
      const page = await get({ logStreamName: 'job/algo-2-1000', startFromHead: true, nextToken: token });
      if (page.events?.length === 0) break;
      sizes.push(...(page.events ?? []).map(({ message }) => message?.length ?? 0));
      token = page.nextForwardToken;
    }
    assert.deepEqual(sizes, [...Array(7).fill(262_144), 2_000_000 - 7 * 262_144]);
    assert.equal(pages, 3);
  });

  test('the group may be told by its ARN', async () => {
    await writeNumbers(1);
    const arn = 'arn:aws:logs:eu-west-1:123456789012:log-group:/aws/sagemaker/TrainingJobs';
    for (const logGroupIdentifier of [GROUP.logGroupName, arn, `${arn}:*`]) {
      assert.deepEqual(messages(await get({ logGroupName: undefined, logGroupIdentifier })), ['0']);
    }
  });

  test('what is not there is told as CloudWatch Logs does', async () => {
    const noGroup = { code: 'ResourceNotFoundException', message: 'The specified log group does not exist.' };
    const noStream = {
      code: 'ResourceNotFoundException',
      message: 'The specified log stream does not exist.',
    };
    assert.deepEqual(await logs.refusal('GetLogEvents', ASKED), noGroup);
    await logs.write('other', 'x\n');
    assert.deepEqual(await logs.refusal('GetLogEvents', ASKED), noStream);
    assert.deepEqual(
      await logs.refusal('GetLogEvents', { ...ASKED, logGroupName: '/aws/lambda/x' }),
      noGroup,
    );
  });

  test('tokens that were not given out, and contradictions, are refused', async () => {
    await logs.write(STREAM, 'x\n');
    await logs.write('job/algo-2-1000', 'x\nmuch more\n');
    const other = await get({ logStreamName: 'job/algo-2-1000' });
    for (const nextToken of ['x', 'f/1/999', 'f/1/-1', 'f/1', other.nextForwardToken]) {
      const refusal = await logs.refusal('GetLogEvents', { ...ASKED, nextToken });
      assert.deepEqual(refusal, {
        code: 'InvalidParameterException',
        message: 'The specified nextToken is invalid.',
      });
    }
    for (const input of [
      { logGroupIdentifier: 'x' },
      { logGroupName: undefined },
      { startTime: 2, endTime: 1 },
    ]) {
      assert.equal(
        (await logs.refusal('GetLogEvents', { ...ASKED, ...input })).code,
        'InvalidParameterException',
      );
    }
  });
});
