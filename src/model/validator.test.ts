import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ServiceError } from './errors.ts';
import { type ShapeName, shape, shapeNames } from './shapes.ts';
import type { CreateTrainingJobRequest } from './types.generated.ts';
import { parse } from './validator.ts';

const valid: CreateTrainingJobRequest = {
  TrainingJobName: 'digits-1',
  RoleArn: 'arn:aws:iam::123456789012:role/trainer',
  OutputDataConfig: { S3OutputPath: 's3://models/digits' },
};

const create = (members: object) => parse('CreateTrainingJobRequest', { ...valid, ...members });

function errorOf(name: ShapeName, value: unknown): ServiceError {
  try {
    parse(name, value);
  } catch (error) {
    assert.ok(error instanceof ServiceError, `${error} is no ServiceError`);
    return error;
  }
  assert.fail('it was accepted');
}

function refused(name: ShapeName, value: unknown, message: string): void {
  const error = errorOf(name, value);
  assert.equal(error.code, 'ValidationException');
  assert.equal(error.status, 400);
  assert.equal(error.message, message);
}

const createRefused = (members: object, message: string) =>
  refused('CreateTrainingJobRequest', { ...valid, ...members }, message);

test('a request that satisfies the model comes back as it is', () => {
  const request: CreateTrainingJobRequest = {
    ...valid,
    HyperParameters: { epochs: '10', empty: '' },
    AlgorithmSpecification: {
      TrainingImage: 'registry/digits:1',
      TrainingInputMode: 'File',
      MetricDefinitions: [{ Name: 'loss', Regex: 'loss=(.*)' }],
      ContainerArguments: ['--fast'],
      TrainingImageConfig: {
        TrainingRepositoryAccessMode: 'Vpc',
        TrainingRepositoryAuthConfig: {
          TrainingRepositoryCredentialsProviderArn: 'arn:aws-cn:lambda:eu-west-1:123456789012:function:f',
        },
      },
    },
    InputDataConfig: [
      {
        ChannelName: 'train',
        DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://data/train' } },
        ShuffleConfig: { Seed: 2 ** 40 },
      },
    ],
    ResourceConfig: { InstanceType: 'ml.m5.xlarge', InstanceCount: 2, VolumeSizeInGB: 30 },
    StoppingCondition: { MaxRuntimeInSeconds: 3600 },
    Tags: [{ Key: 'équipe', Value: 'データ' }],
    EnableManagedSpotTraining: false,
    Environment: { LINES: 'one\ntwo' },
  };
  assert.deepEqual(parse('CreateTrainingJobRequest', request), request);
});

test('pattern (sagemaker-python-sdk#384)', () => {
  createRefused(
    { TrainingJobName: 'health_and_safety' },
    "1 validation error detected: Value 'health_and_safety' at 'trainingJobName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}",
  );
});

test('two violations of one value (zenml#1502), the length first (sagemaker-ml-workflow-with-apache-airflow#3)', () => {
  const name = 'a_'.repeat(32);
  createRefused(
    { TrainingJobName: name },
    `2 validation errors detected: Value '${name}' at 'trainingJobName' failed to satisfy constraint: Member must have length less than or equal to 63; Value '${name}' at 'trainingJobName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}`,
  );
});

test('enum (aws-sagemaker-heart-disease-prediction#1)', () => {
  createRefused(
    { OutputDataConfig: { S3OutputPath: 's3://models', CompressionType: 'ZIP' } },
    "1 validation error detected: Value 'ZIP' at 'outputDataConfig.compressionType' failed to satisfy constraint: Member must satisfy enum value set: [GZIP, NONE]",
  );
});

test('map value (sagemaker-python-sdk#314): all rules of a value, at the map', () => {
  const long = 'x'.repeat(2501);
  createRefused(
    { HyperParameters: { batch_size: '32', words: long } },
    `1 validation error detected: Value '{batch_size=32, words=${long}}' at 'hyperParameters' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 2500, Member must have length greater than or equal to 0, Member must satisfy regular expression pattern: .*]`,
  );
});

test('map key (boto3#2601)', () => {
  createRefused(
    { Environment: { '1st': 'a' } },
    "1 validation error detected: Value '{1st=a}' at 'environment' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 512, Member must have length greater than or equal to 0, Member must satisfy regular expression pattern: [a-zA-Z_][a-zA-Z0-9_]*]",
  );
});

test('map size (sagemaker-python-sdk#6016)', () => {
  const many = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`k${index}`, 'v']));
  const text = Object.keys(many)
    .map((key) => `${key}=v`)
    .join(', ');
  createRefused(
    { HyperParameters: many },
    `1 validation error detected: Value '{${text}}' at 'hyperParameters' failed to satisfy constraint: Member must have length less than or equal to 100`,
  );
});

test('list size (terraform-provider-aws#29225, SageMaker CreateDomain)', () => {
  createRefused(
    { VpcConfig: { SecurityGroupIds: ['a', 'b', 'c', 'd', 'e', 'f'], Subnets: ['s'] } },
    "1 validation error detected: Value '[a, b, c, d, e, f]' at 'vpcConfig.securityGroupIds' failed to satisfy constraint: Member must have length less than or equal to 5",
  );
  createRefused(
    { InputDataConfig: [] },
    "1 validation error detected: Value '[]' at 'inputDataConfig' failed to satisfy constraint: Member must have length greater than or equal to 1",
  );
});

test('element of a list of strings: all rules of an element, at the list (seen for ACM RequestCertificate)', () => {
  createRefused(
    { VpcConfig: { SecurityGroupIds: ['sg-1', 'sg_2'], Subnets: ['s'] } },
    "1 validation error detected: Value '[sg-1, sg_2]' at 'vpcConfig.securityGroupIds' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 32, Member must have length greater than or equal to 0, Member must satisfy regular expression pattern: [-0-9a-zA-Z]+]",
  );
});

test('missing required members (form of pulumi-aws#2357), in the order of the model', () => {
  refused(
    'CreateTrainingJobRequest',
    {},
    "3 validation errors detected: Value null at 'trainingJobName' failed to satisfy constraint: Member must not be null; Value null at 'roleArn' failed to satisfy constraint: Member must not be null; Value null at 'outputDataConfig' failed to satisfy constraint: Member must not be null",
  );
});

test('the path of a structure in a list counts from 1 (form of pulumi-aws#2357)', () => {
  createRefused(
    { Tags: [{ Key: 'a', Value: 'b' }, { Key: 'c' }] },
    "1 validation error detected: Value null at 'tags.2.member.value' failed to satisfy constraint: Member must not be null",
  );
});

test('range of a number (general form of AWS)', () => {
  createRefused(
    { ResourceConfig: { KeepAlivePeriodInSeconds: 21601, InstanceCount: -1 } },
    "2 validation errors detected: Value '-1' at 'resourceConfig.instanceCount' failed to satisfy constraint: Member must have value greater than or equal to 0; Value '21601' at 'resourceConfig.keepAlivePeriodInSeconds' failed to satisfy constraint: Member must have value less than or equal to 21600",
  );
});

test('members that are null are absent; null is no element and no map value', () => {
  assert.deepEqual(create({ Tags: null, ResourceConfig: { InstanceType: null }, Unknown: null }), {
    ...valid,
    ResourceConfig: {},
  });
  createRefused(
    { Tags: [null] },
    "1 validation error detected: Value null at 'tags.1.member' failed to satisfy constraint: Member must not be null",
  );
  createRefused(
    { RoleArn: null },
    "1 validation error detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null",
  );
  createRefused(
    { Environment: { A: null } },
    "1 validation error detected: Value '{A=null}' at 'environment' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 512, Member must have length greater than or equal to 0, Member must satisfy regular expression pattern: [\\S\\s]*, Member must not be null]",
  );
});

test('length counts characters, not UTF-16 units', () => {
  assert.ok(create({ Tags: [{ Key: 'k', Value: '𝐀'.repeat(256) }] }));
  const error = errorOf('CreateTrainingJobRequest', {
    ...valid,
    Tags: [{ Key: 'k', Value: '𝐀'.repeat(257) }],
  });
  assert.match(error.message, /'tags\.1\.member\.value' .* less than or equal to 256$/u);
});

test('an unknown member is refused by name and place', () => {
  assert.match(
    errorOf('DescribeTrainingJobRequest', { TrainingJobName: 'a', Verbose: true }).message,
    /^Unknown member 'Verbose' in the request: .*botocore.* can't be honoured/,
  );
  const nested = errorOf('CreateTrainingJobRequest', { ...valid, ResourceConfig: { Colour: 'red' } });
  assert.equal(nested.code, 'ValidationException');
  assert.match(nested.message, /^Unknown member 'Colour' at 'resourceConfig'/);
});

test('values of another type: SerializationException, worded as in dynalite and aws-cdk#27087, with the place', () => {
  const cases: readonly (readonly [object, string])[] = [
    [
      { HyperParameters: { epochs: 10 } },
      "NUMBER_VALUE can not be converted to a String (at 'hyperParameters.epochs')",
    ],
    [
      { HyperParameters: { lr: 0.5 } },
      "DECIMAL_VALUE can not be converted to a String (at 'hyperParameters.lr')",
    ],
    [{ RoleArn: true }, "TRUE_VALUE can not be converted to a String (at 'roleArn')"],
    [{ RoleArn: {} }, "Start of structure or map found where not expected (at 'roleArn')"],
    [{ RoleArn: [] }, "Unrecognized collection type class java.lang.String (at 'roleArn')"],
    [
      { ResourceConfig: { InstanceCount: '1' } },
      "STRING_VALUE can not be converted to an Integer (at 'resourceConfig.instanceCount')",
    ],
    [
      { ResourceConfig: { InstanceCount: 1.5 } },
      "DECIMAL_VALUE can not be converted to an Integer (at 'resourceConfig.instanceCount')",
    ],
    [
      { ResourceConfig: { InstanceCount: 2 ** 31 } },
      "NUMBER_VALUE can not be converted to an Integer (at 'resourceConfig.instanceCount')",
    ],
    [
      { EnableNetworkIsolation: 'perhaps' },
      "Unexpected token received from parser (at 'enableNetworkIsolation')",
    ],
    [
      { EnableNetworkIsolation: 1 },
      "NUMBER_VALUE can not be converted to a Boolean (at 'enableNetworkIsolation')",
    ],
    [{ Tags: {} }, "Start of structure or map found where not expected (at 'tags')"],
    [{ Tags: 'a' }, "Unexpected field type (at 'tags')"],
    [{ Tags: ['a'] }, "Unexpected field type (at 'tags.1.member')"],
    [{ ResourceConfig: [] }, "Unrecognized collection type class ResourceConfig (at 'resourceConfig')"],
    [
      { Environment: [] },
      "Unrecognized collection type java.util.Map<java.lang.String, java.lang.String> (at 'environment')",
    ],
  ];
  for (const [members, message] of cases) {
    const error = errorOf('CreateTrainingJobRequest', { ...valid, ...members });
    assert.deepEqual([error.code, error.status, error.message], ['SerializationException', 400, message]);
  }
  for (const body of [null, 'text', 1, true, []]) {
    assert.equal(errorOf('DescribeTrainingJobRequest', body).code, 'SerializationException');
  }
});

test('booleans that AWS reads from text', () => {
  assert.equal(create({ EnableNetworkIsolation: 'True' }).EnableNetworkIsolation, true);
  assert.equal(create({ EnableNetworkIsolation: 'no' }).EnableNetworkIsolation, false);
});

test('timestamps: numbers, and the text that the Perl client sends (wire API §1)', () => {
  const seconds = (CreationTimeAfter: unknown) =>
    parse('ListTrainingJobsRequest', { CreationTimeAfter }).CreationTimeAfter;
  assert.equal(seconds(1767323045.678901), 1767323045.678901);
  assert.equal(seconds('1767225600'), 1767225600);
  assert.equal(seconds('1.7E9'), 1.7e9);
  assert.equal(seconds('2026-01-01T00:00:00Z'), 1767225600);
  assert.equal(seconds('2026-01-01T01:00:00.500+01:00'), 1767225600.5);
  for (const wrong of [
    'yesterday',
    '',
    '2026-13-01T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-01-01',
    1e300,
    Number.NaN,
  ]) {
    assert.match(
      errorOf('ListTrainingJobsRequest', { CreationTimeAfter: wrong }).message,
      /^\w+_VALUE can not be converted to milliseconds since epoch \(at 'creationTimeAfter'\)$/,
    );
  }
});

test('names that mean something to JavaScript are only names', () => {
  const request = JSON.parse(`{"__proto__": {"polluted": "1"}, "TrainingJobName": "a"}`) as Record<
    string,
    unknown
  >;
  assert.match(errorOf('DescribeTrainingJobRequest', request).message, /^Unknown member '__proto__'/);
  assert.match(
    errorOf('DescribeTrainingJobRequest', { constructor: 'a' }).message,
    /^Unknown member 'constructor'/,
  );

  const { HyperParameters = {} } = create({
    HyperParameters: JSON.parse('{"__proto__": "1", "toString": "2"}'),
  });
  assert.deepEqual(Object.entries(HyperParameters), [
    ['__proto__', '1'],
    ['toString', '2'],
  ]);
  assert.equal(Object.getPrototypeOf(HyperParameters), Object.prototype);
  createRefused(
    JSON.parse('{"ResourceConfig": {"InstanceGroups": [{"__proto__": null}]}}'),
    ['instanceType', 'instanceCount', 'instanceGroupName']
      .map(
        (name) =>
          `Value null at 'resourceConfig.instanceGroups.1.member.${name}' failed to satisfy constraint: Member must not be null`,
      )
      .join('; ')
      .replace(/^/, '3 validation errors detected: '),
  );
});

test('a shape that holds itself is followed to a limit', () => {
  let expression: object = {};
  for (let depth = 0; depth < 100_000; depth++) expression = { SubExpressions: [expression] };
  const error = errorOf('SearchRequest', { Resource: 'TrainingJob', SearchExpression: expression });
  assert.equal(error.code, 'SerializationException');
  assert.match(error.message, /^The request is nested too deeply/);
});

test('very deep and very long JSON is refused, with a message that is not much longer', () => {
  const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
  assert.equal(errorOf('CreateTrainingJobRequest', { Tags: deep }).code, 'SerializationException');
  assert.equal(
    errorOf('CreateTrainingJobRequest', { Environment: { A: deep } }).code,
    'SerializationException',
  );
  assert.match(errorOf('CreateTrainingJobRequest', { Nested: deep }).message, /^Unknown member 'Nested'/);

  const empties = Array.from({ length: 100_000 }, () => ({}));
  const { message } = errorOf('CreateTrainingJobRequest', { ...valid, Tags: empties });
  assert.match(message, /^101 validation errors detected: .*'tags\.50\.member\.value'/);
  assert.ok(message.length < 5 * JSON.stringify(empties).length);
});

test('any JSON is either accepted or refused with a ServiceError, and what is accepted stays as it is', () => {
  const member = (name: ShapeName) => {
    const of = shape(name);
    return of.type === 'structure' ? Object.keys(of.members) : [];
  };
  const structures = shapeNames().filter((name) => shape(name).type === 'structure');
  const members = [...new Set(structures.flatMap(member)), '__proto__', 'constructor'];
  const { json } = fc.letrec<{ json: unknown }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 5, depthSize: 'medium' },
      fc.jsonValue({ maxDepth: 1 }),
      fc.constantFrom('', 'a', '1', 'true', 's3://a/b', 'File', 'ml.m5.xlarge', 0, 1, -1, 1e21, null, true),
      fc.array(tie('json'), { maxLength: 4 }),
      fc.dictionary(fc.oneof(fc.constantFrom(...members), fc.string()), tie('json'), { maxKeys: 6 }),
    ),
  }));
  const request = (name: ShapeName) =>
    member(name).length === 0
      ? json
      : fc.oneof(json, fc.dictionary(fc.constantFrom(...member(name)), json, { maxKeys: 6 }));
  const cases = fc.constantFrom(...structures).chain((name) => fc.tuple(fc.constant(name), request(name)));
  fc.assert(
    fc.property(cases, ([name, value]) => {
      let accepted: unknown;
      try {
        accepted = parse(name, JSON.parse(JSON.stringify(value)));
      } catch (error) {
        assert.ok(error instanceof ServiceError, `${error}`);
        assert.match(error.code, /^(Serialization|Validation)Exception$/);
        return;
      }
      assert.deepEqual(parse(name, accepted), accepted);
    }),
    { numRuns: 2000 },
  );
});
