import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resultContent } from './result.ts';
import { buildXml } from './xml.ts';

const xml = (content: Parameters<typeof buildXml>[2]) => buildXml('R', 'urn:x', content);

test('lists, maps and timestamps are written as the query protocol has them', () => {
  const content = resultContent('DescribeTrainingJobResponse', {
    TrainingJobName: 'a',
    TrainingStartTime: 1767323045,
    TrainingEndTime: 1767323045.5,
    EnableManagedSpotTraining: false,
    HyperParameters: { epochs: '1' },
    SecondaryStatusTransitions: [{ Status: 'Starting' }, { Status: 'Training' }],
    RoleArn: undefined,
    FailureReason: null,
  });
  assert.deepEqual(content, {
    TrainingJobName: 'a',
    HyperParameters: { entry: [{ key: 'epochs', value: '1' }] },
    TrainingStartTime: '2026-01-02T03:04:05Z',
    TrainingEndTime: '2026-01-02T03:04:05.500Z',
    SecondaryStatusTransitions: { member: [{ Status: 'Starting' }, { Status: 'Training' }] },
    EnableManagedSpotTraining: 'false',
  });
  assert.match(
    xml({ Transitions: content.SecondaryStatusTransitions ?? '' }),
    /<Transitions><member><Status>Starting<\/Status><\/member><member><Status>Training<\/Status><\/member><\/Transitions>/,
  );
});

test('text is escaped, and what XML has no way to write is replaced', () => {
  assert.equal(xml({ A: '<&>"\'\u0001é\n' }), '<R xmlns="urn:x"><A>&lt;&amp;&gt;&quot;\'\ufffdé\n</A></R>');
});
