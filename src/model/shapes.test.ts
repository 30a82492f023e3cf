import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  instanceType,
  isKnownOperation,
  operation,
  operationNames,
  type ShapeName,
  serviceMetadata,
  shape,
  shapeNames,
} from './shapes.ts';

function references(name: ShapeName): readonly ShapeName[] {
  const of = shape(name);
  if (of.type === 'structure') return Object.values(of.members);
  if (of.type === 'list') return [of.member];
  return of.type === 'map' ? [of.key, of.value] : [];
}

test('the data and the types were written from the same model', () => {
  const types = readFileSync(new URL('types.generated.ts', import.meta.url), 'utf8');
  const index = types.slice(types.indexOf('export interface ShapeTypes'));
  const typed = [...index.matchAll(/^ {2}readonly (\w+):/gm)].map((match) => match[1]);
  assert.deepEqual([...shapeNames()].sort(), typed.sort());
});

test('every shape that is named exists, and every required member', () => {
  for (const name of shapeNames()) {
    for (const reference of references(name)) assert.ok(shape(reference), `${name} names ${reference}`);
    const of = shape(name);
    if (of.type === 'structure')
      for (const member of of.required ?? [])
        assert.ok(Object.hasOwn(of.members, member), `${name}.${member}`);
  }
  for (const service of [
    'sagemaker',
    'logs',
    'sts',
    'iam',
    'cloudwatch',
    'sagemaker-metrics',
    'ecr',
  ] as const) {
    for (const name of operationNames(service)) {
      const { input, output } = operation(service, name) ?? assert.fail(name);
      assert.equal(shape(input).type, 'structure');
      if (output !== null) assert.equal(shape(output).type, 'structure');
    }
  }
});

// The validator goes as deep as a request of these does, to a limit; whoever else walks shapes must know of them.
test('no shape but a search expression holds itself', () => {
  const recursive = new Set<ShapeName>();
  const visit = (name: ShapeName, above: readonly ShapeName[]): void => {
    if (above.includes(name)) recursive.add(name);
    else for (const reference of references(name)) visit(reference, [...above, name]);
  };
  for (const name of shapeNames()) visit(name, []);
  assert.deepEqual([...recursive].sort(), ['SearchExpression', 'SearchExpressionList']);
});

test('operations: served, known, unknown', () => {
  assert.deepEqual(operation('sagemaker', 'StopTrainingJob'), {
    input: 'StopTrainingJobRequest',
    output: null,
    errors: ['ResourceNotFound'],
  });
  assert.deepEqual(operation('iam', 'GetRole')?.errors, ['NoSuchEntity', 'ServiceFailure']);
  assert.equal(operation('sagemaker', 'CreateEndpoint'), undefined);
  assert.equal(operation('sagemaker', 'constructor'), undefined);
  assert.ok(isKnownOperation('CreateEndpoint'));
  assert.ok(isKnownOperation('CreateTrainingJob'));
  assert.ok(!isKnownOperation('CreateWorld'));
  assert.ok(!isKnownOperation('constructor'));
  assert.equal(serviceMetadata('logs').targetPrefix, 'Logs_20140328');
});

test('each instance type of the API is known for what it has', () => {
  for (const name of ['TrainingInstanceType', 'ProcessingInstanceType'] as const) {
    const of = shape(name);
    assert.ok(of.type === 'string');
    for (const type of of.enum ?? []) assert.ok(instanceType(type), type);
  }
  assert.deepEqual(instanceType('ml.c4.xlarge'), { vcpus: 4, memoryBytes: 7.5 * 2 ** 30, gpus: 0 });
  assert.deepEqual(instanceType('ml.p3.8xlarge'), {
    vcpus: 32,
    memoryBytes: 244 * 2 ** 30,
    gpus: 4,
    gpuName: 'NVIDIA V100',
    gpuMemoryBytes: 16 * 2 ** 30,
  });
  assert.equal(instanceType('ml.nothing'), undefined);
});
