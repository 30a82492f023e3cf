import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from '../../model/validator.ts';
import { readFields, readInput } from './form.ts';

const input = (...fields: readonly (readonly [string, string])[]) =>
  readInput(
    'CreateTrainingJobRequest',
    readFields(String(new URLSearchParams(fields as [string, string][]))),
  );

test('fields spell out structures, lists, maps and numbers', () => {
  assert.deepEqual(
    input(
      ['Action', 'CreateTrainingJob'],
      ['TrainingJobName', 'a b&c'],
      ['ResourceConfig.InstanceCount', '2'],
      ['HyperParameters.entry.1.key', '__proto__'],
      ['HyperParameters.entry.1.value', '1'],
      ['HyperParameters.entry.2.key', 'b'],
      ['HyperParameters.entry.2.value', ''],
      ['Tags.member.1.Key', 'k'],
      ['Tags.member.1.Value', 'v'],
      ['Tags.member.2.Key', 'l'],
      ['Tags.member.4.Key', 'beyond a gap'],
      ['EnableNetworkIsolation', 'true'],
    ),
    {
      TrainingJobName: 'a b&c',
      HyperParameters: Object.fromEntries([
        ['__proto__', '1'],
        ['b', ''],
      ]),
      ResourceConfig: { InstanceCount: 2 },
      Tags: [{ Key: 'k', Value: 'v' }, { Key: 'l' }],
      EnableNetworkIsolation: 'true',
    },
  );
});

test('what is no number is left for the validator to refuse', () => {
  const read = input(['ResourceConfig.VolumeSizeInGB', 'many']);
  assert.deepEqual(read, { ResourceConfig: { VolumeSizeInGB: 'many' } });
  assert.throws(() => parse('CreateTrainingJobRequest', read), { code: 'SerializationException' });
});

test('no fields are an empty input', () => {
  assert.deepEqual(input(), {});
});

test('a form without end is refused', () => {
  const fields = Array.from({ length: 2001 }, (_, index) => [`Tags.member.${index + 1}.Key`, 'x'] as const);
  assert.throws(() => input(...fields), { code: 'MalformedInput' });
});
