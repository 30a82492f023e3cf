import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { operationNames, type ServiceName } from './shapes.ts';

const SCRIPT = join(import.meta.dirname, '../../scripts/model.ts');

const COMPANIONS = ['logs', 'sts', 'iam', 'cloudwatch', 'sagemaker-metrics', 'ecr'] as const;

/** A model of which each served operation has the same input, and of which `shapes` are the shapes. */
function model(service: ServiceName, shapes: object) {
  const http = { method: 'POST', requestUri: '/' };
  const operation = { http, input: 'Request', output: null, errors: ['Missing'] };
  return {
    metadata: { apiVersion: '1', protocols: ['json'], endpointPrefix: 'host', documentation: 'text' },
    operations: Object.fromEntries(operationNames(service).map((name) => [name, operation])),
    shapes: { Missing: { type: 'structure', error: { code: 'Gone' }, members: {} }, ...shapes },
  };
}

function write(t: TestContext, sagemakerShapes: object) {
  const folder = mkdtempSync(join(tmpdir(), 'model-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const source = { artifact: 'test 1', date: '2026-01-01', license: 'Apache-2.0' };
  const empty = { Request: { type: 'structure', members: {} } };
  const files = {
    'sagemaker.json': { source, ...model('sagemaker', sagemakerShapes), allOperationNames: ['B', 'A'] },
    'companions.json': {
      source,
      services: Object.fromEntries(COMPANIONS.map((name) => [name, model(name, empty)])),
    },
    'instance-types.json': { 'ml.b': { vcpu: 2, memoryGiB: 0.5, gpus: 1, gpu: 'G', gpuMemoryGiB: 1 } },
  };
  for (const [file, content] of Object.entries(files))
    writeFileSync(join(folder, file), JSON.stringify(content));
  const run = (to: string) =>
    spawnSync(process.execPath, [SCRIPT, '--from', folder, '--to', join(folder, to)], { encoding: 'utf8' });
  const read = (file: string) => readFileSync(join(folder, file), 'utf8');
  return { folder, run, read };
}

const shapes = {
  Request: {
    type: 'structure',
    required: ['Name'],
    documentation: 'text',
    members: {
      Name: { shape: 'Name', documentation: 'text' },
      Kinds: { shape: 'Kinds' },
      At: { shape: 'At' },
    },
  },
  Name: { type: 'string', max: 3, documentation: 'text' },
  Kinds: { type: 'list', member: { shape: 'Kind' } },
  Kind: { type: 'string', enum: ['a', 'b'] },
  At: { type: 'timestamp' },
  Unreached: { type: 'blob' },
};

test('writes what served operations reach, without documentation, the same each time', (t) => {
  const { folder, run, read } = write(t, shapes);
  for (const to of ['one', 'two']) {
    const { status, stderr } = run(to);
    assert.equal(status, 0, stderr);
  }
  assert.deepEqual(readdirSync(join(folder, 'one/data')).sort(), [
    'companions.json',
    'instance-types.json',
    'sagemaker.json',
  ]);
  for (const file of readdirSync(join(folder, 'one/data')))
    assert.equal(read(`one/data/${file}`), read(`two/data/${file}`));
  assert.equal(read('one/types.generated.ts'), read('two/types.generated.ts'));

  const written = JSON.parse(read('one/data/sagemaker.json'));
  assert.deepEqual(written.operationNames, ['A', 'B']);
  assert.deepEqual(written.shapes, {
    At: { type: 'timestamp' },
    Kind: { type: 'string', enum: ['a', 'b'] },
    Kinds: { type: 'list', member: 'Kind' },
    Name: { type: 'string', max: 3 },
    Request: { type: 'structure', required: ['Name'], members: { Name: 'Name', Kinds: 'Kinds', At: 'At' } },
  });
  assert.deepEqual(written.operations.AddTags, { input: 'Request', output: null, errors: ['Gone'] });
  const companions = JSON.parse(read('one/data/companions.json'));
  assert.deepEqual(Object.keys(companions.shapes), [
    'CloudWatchRequest',
    'EcrRequest',
    'IamRequest',
    'LogsRequest',
    'SageMakerMetricsRequest',
    'StsRequest',
  ]);
  assert.deepEqual(JSON.parse(read('one/data/instance-types.json')), {
    'ml.b': { vcpus: 2, memoryBytes: 2 ** 29, gpus: 1, gpuName: 'G', gpuMemoryBytes: 2 ** 30 },
  });
  assert.match(
    read('one/types.generated.ts'),
    /export interface Request \{\n {2}readonly Name: string;\n {2}readonly Kinds\?: Kinds \| undefined;\n {2}readonly At\?: number \| undefined;\n\}/,
  );
});

test('refuses a shape that the validator could not check', (t) => {
  const { run } = write(t, {
    ...shapes,
    Request: { type: 'structure', members: { Bytes: { shape: 'Unreached' } } },
  });
  const { status, stderr } = run('out');
  assert.notEqual(status, 0);
  assert.match(stderr, /sagemaker: shape Unreached can't be served/);
});
