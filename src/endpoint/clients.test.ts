import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import { GetRoleCommand, IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import { GetObjectCommand, ListBucketsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateModelCommand, DescribeTrainingJobCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { ServiceError } from '../model/errors.ts';
import { OWNER_ARN, REGION, startEndpoint } from './test-endpoint.ts';

// AWS's own clients against the endpoint: whatever they read in an answer is what a user of theirs sees.

interface Keys {
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  readonly sessionToken?: string;
  readonly region?: string;
}

const config = (endpoint: string, { region = REGION, ...keys }: Keys = {}) => ({
  endpoint,
  region,
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', ...keys },
  maxAttempts: 1,
});

const s3Config = (endpoint: string, keys?: Keys) => ({ ...config(endpoint, keys), forcePathStyle: true });

/** What a client is told when a call fails. */
async function failure(
  call: Promise<unknown>,
): Promise<{ name: string; message: string; status: number | undefined }> {
  try {
    await call;
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    return { name, message, status: $metadata?.httpStatusCode };
  }
  return assert.fail('the call did not fail');
}

describe('SageMaker', () => {
  const describeJob = (endpoint: string, keys?: Keys, name = 'job-1') =>
    new SageMakerClient(config(endpoint, keys)).send(
      new DescribeTrainingJobCommand({ TrainingJobName: name }),
    );

  test('answers', async (t) => {
    const { url } = await startEndpoint(t);
    const answer = await describeJob(url);
    assert.equal(answer.TrainingJobName, 'job-1');
    assert.equal(answer.CreationTime?.toISOString(), '2026-01-02T03:04:05.678Z');
    assert.match(answer.$metadata.requestId ?? '', /^[0-9a-f-]{36}$/);
  });

  test('knows a job by its temporary key', async (t) => {
    const run = (_input: never, { callerArn }: { callerArn: string }) => ({ TrainingJobName: callerArn });
    const { url } = await startEndpoint(t, {
      operations: { DescribeTrainingJob: { input: 'DescribeTrainingJobRequest', run } },
    });
    const { TrainingJobName } = await describeJob(url, { accessKeyId: 'ASIAJOB', sessionToken: 'token' });
    assert.match(TrainingJobName ?? '', /assumed-role\/Training/);
  });

  test('refuses in its words', async (t) => {
    const { url, clock } = await startEndpoint(t);
    const refused = async (keys: Keys) => {
      const { name, message, status } = await failure(describeJob(url, keys));
      return `${status} ${name}: ${message.split('\n')[0]}`;
    };
    assert.equal(
      await refused({ accessKeyId: 'AKIDSTRANGER' }),
      '400 UnrecognizedClientException: The security token included in the request is invalid.',
    );
    assert.match(
      await refused({ secretAccessKey: 'guess' }),
      /^400 InvalidSignatureException: The request signature we calculated does not match/,
    );
    assert.equal(
      await refused({ accessKeyId: 'ASIAOVER', sessionToken: 'token' }),
      '400 ExpiredTokenException: The security token included in the request is expired',
    );
    assert.equal(
      await refused({ region: 'us-west-2' }),
      "400 InvalidSignatureException: Credential should be scoped to a valid region, not 'us-west-2': this server's region is 'eu-west-1'. ",
    );
    await clock.advance(16 * 60_000);
    assert.match(
      await refused({}),
      /^400 InvalidSignatureException: Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 15 min\.\)$/,
    );
  });

  test('tells what is not valid, not found, not served and not its fault', async (t) => {
    const { url, log } = await startEndpoint(t, {
      operations: {
        DescribeTrainingJob: {
          input: 'DescribeTrainingJobRequest',
          run({ TrainingJobName }: { TrainingJobName: string }) {
            if (TrainingJobName === 'in-use') throw new ServiceError('ResourceInUse', 'Taken.');
            throw new TypeError('a bug');
          },
        },
      },
    });
    const invalid = await failure(describeJob(url, {}, '_'));
    assert.equal(invalid.name, 'ValidationException');
    assert.match(invalid.message, /^1 validation error detected: Value '_' at 'trainingJobName'/);
    assert.deepEqual(await failure(describeJob(url, {}, 'in-use')), {
      name: 'ResourceInUse',
      message: 'Taken.',
      status: 400,
    });
    const model = new CreateModelCommand({ ModelName: 'm', ExecutionRoleArn: `arn:${'x'.repeat(20)}` });
    assert.deepEqual(await failure(new SageMakerClient(config(url)).send(model)), {
      name: 'UnknownOperationException',
      message: 'SageMaker has the operation CreateModel, but this server does not serve it.',
      status: 400,
    });
    assert.deepEqual(log, []);
    const fault = await failure(describeJob(url));
    assert.equal(fault.name, 'InternalFailure');
    assert.equal(fault.status, 500);
    const [line = ''] = log;
    assert.match(
      line,
      /^InternalFailure in SageMaker.DescribeTrainingJob, request [0-9a-f-]{36}: TypeError: a bug/,
    );
    assert.ok(fault.message.includes(line.match(/request ([0-9a-f-]{36})/)?.[1] ?? '?'));
  });
});

describe('STS', () => {
  const identity = (endpoint: string, keys?: Keys) =>
    new STSClient(config(endpoint, keys)).send(new GetCallerIdentityCommand());

  test('tells the caller who it is', async (t) => {
    const { url } = await startEndpoint(t);
    const owner = await identity(url);
    assert.equal(owner.Account, '123456789012');
    assert.equal(owner.Arn, 'arn:aws:sts::123456789012:assumed-role/Training/owner');
    const job = await identity(url, { accessKeyId: 'ASIAJOB', sessionToken: 'token' });
    assert.match(job.UserId ?? '', /^AROA[A-Z2-7]{17}:SageMaker$/);
    assert.equal(owner.UserId, job.UserId?.replace('SageMaker', 'owner'));
    const global = await identity(url, { region: 'us-east-1' });
    assert.equal(global.Arn, owner.Arn);
  });

  test('refuses in its words', async (t) => {
    const { url } = await startEndpoint(t);
    const stranger = await failure(identity(url, { accessKeyId: 'AKIDSTRANGER' }));
    assert.deepEqual([stranger.name, stranger.status], ['InvalidClientTokenId', 403]);
    const guess = await failure(identity(url, { secretAccessKey: 'guess' }));
    assert.deepEqual([guess.name, guess.status], ['SignatureDoesNotMatch', 403]);
    const over = await failure(identity(url, { accessKeyId: 'ASIAOVER', sessionToken: 'token' }));
    // The client names the modelled exception after its shape.
    assert.match(over.name, /^ExpiredToken/);
  });
});

describe('IAM', () => {
  test('tells a role by its name', async (t) => {
    const { url } = await startEndpoint(t);
    const iam = new IAMClient(config(url));
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'Notebook' }));
    assert.equal(Role?.Arn, 'arn:aws:iam::123456789012:role/service-role/Notebook');
    assert.equal(Role?.Path, '/service-role/');
    assert.equal(Role?.CreateDate?.toISOString(), '2026-01-02T03:04:05.000Z');
    const policy = JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''));
    assert.equal(policy.Statement[0].Principal.Service, 'sagemaker.amazonaws.com');
  });

  test('has no other role, and no other operation', async (t) => {
    const { url } = await startEndpoint(t);
    const iam = new IAMClient(config(url));
    const missing = await failure(iam.send(new GetRoleCommand({ RoleName: 'Nobody' })));
    assert.deepEqual([missing.status, missing.message], [404, 'The role with name Nobody cannot be found.']);
    const invalid = await failure(iam.send(new GetRoleCommand({ RoleName: '<&>' })));
    assert.equal(invalid.name, 'ValidationError');
    assert.match(invalid.message, /Value '<&>' at 'roleName'/);
    const unknown = await failure(iam.send(new ListRolesCommand({})));
    assert.equal(unknown.name, 'InvalidAction');
  });
});

describe('S3', () => {
  const key = "models/ä b/+c'(1)*!~&=.tar.gz";

  test('is handed requests with what is known of their bodies', async (t) => {
    const { url, objects } = await startEndpoint(t);
    const s3 = new S3Client(s3Config(url));
    await s3.send(
      new PutObjectCommand({ Bucket: 'b', Key: key, Body: 'hello', Metadata: { words: 'a   b' } }),
    );
    await s3.send(
      new PutObjectCommand({
        Bucket: 'b',
        Key: 'stream',
        Body: Readable.from(['hel', 'lo']),
        ContentLength: 5,
      }),
    );
    await new S3Client({ ...s3Config(url), region: 'us-east-1' }).send(new ListBucketsCommand());
    assert.deepEqual(
      objects.contexts.map(({ payload, callerArn }) => [payload.kind, callerArn]),
      [
        ['hash', OWNER_ARN],
        ['streaming', OWNER_ARN],
        ['hash', OWNER_ARN],
      ],
    );
    assert.equal([...objects.bodies.values()][0]?.toString(), 'hello');
  });

  test('takes presigned URLs', async (t) => {
    const { url, clock } = await startEndpoint(t);
    const command = new GetObjectCommand({ Bucket: 'b', Key: key });
    const signed = await getSignedUrl(new S3Client(s3Config(url)), command, { expiresIn: 60 });
    assert.equal((await fetch(signed)).status, 200);
    const forged = await fetch(signed.replace('/b/', '/c/'));
    assert.equal(forged.status, 403);
    assert.match(await forged.text(), /<Code>SignatureDoesNotMatch<\/Code>/);
    await clock.advance(60 * 60_000);
    assert.match(
      await (await fetch(signed)).text(),
      /<Code>AccessDenied<\/Code><Message>Request has expired</,
    );
  });

  test('refuses in its words', async (t) => {
    const { url, clock } = await startEndpoint(t);
    const refused = async (keys: Keys) => {
      const { name, status } = await failure(
        new S3Client(s3Config(url, keys)).send(new ListBucketsCommand()),
      );
      return `${status} ${name}`;
    };
    assert.equal(await refused({ accessKeyId: 'AKIDSTRANGER' }), '403 InvalidAccessKeyId');
    assert.equal(await refused({ secretAccessKey: 'guess' }), '403 SignatureDoesNotMatch');
    assert.equal(await refused({ accessKeyId: 'ASIAJOB', sessionToken: 'other' }), '400 InvalidToken');
    assert.equal(await refused({ accessKeyId: 'ASIAOVER', sessionToken: 'token' }), '400 ExpiredToken');
    assert.equal(await refused({ region: 'us-west-2' }), '400 AuthorizationHeaderMalformed');
    await clock.advance(16 * 60_000);
    assert.equal(await refused({}), '403 RequestTimeTooSkewed');
  });
});
