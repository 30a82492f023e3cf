import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { GetRoleCommand, IAMClient, NoSuchEntityException } from '@aws-sdk/client-iam';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ListTrainingJobsCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { service, unique } from './cases.ts';
import { s3 } from './jobs.ts';

const LARGE = 11 * 1024 * 1024 + 17;

test('who am I', async () => {
  const { Account: account } = await new STSClient({}).send(new GetCallerIdentityCommand({}));
  assert.equal(account, service.account);
});

test('roles', async () => {
  const iam = new IAMClient({});
  const { Role: role } = await iam.send(new GetRoleCommand({ RoleName: 'trainyard' }));
  assert.equal(role?.Arn, service.role);
  await assert.rejects(iam.send(new GetRoleCommand({ RoleName: 'nobody' })), NoSuchEntityException);
});

test('a stream uploaded in parts, with checksums, comes back as it went', async () => {
  const place = { Bucket: service.bucket, Key: `${unique('object')}/with space, é and +.bin` };
  const content = randomBytes(LARGE);
  const body = Readable.from([content.subarray(0, 7_000_001), content.subarray(7_000_001)]);
  await new Upload({ client: s3, params: { ...place, Body: body, ChecksumAlgorithm: 'CRC64NVME' } }).done();
  const answer = await s3.send(new GetObjectCommand({ ...place, ChecksumMode: 'ENABLED' }));
  assert.ok(content.equals((await answer.Body?.transformToByteArray()) ?? Buffer.of()));
});

test('presigned URLs need no credentials', async () => {
  const place = { Bucket: service.bucket, Key: unique('presigned') };
  const put = await fetch(await getSignedUrl(s3, new PutObjectCommand(place)), {
    method: 'PUT',
    body: 'by URL',
  });
  assert.equal(put.status, 200);
  const got = await fetch(await getSignedUrl(s3, new GetObjectCommand(place)));
  assert.equal(await got.text(), 'by URL');
});

test('wrong signatures get the code of their service', async () => {
  const stranger = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'no secret of ours' };
  const forger = {
    accessKeyId: process.env.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: 'not the right secret',
  };
  for (const [credentials, jobsCode, objectsCode] of [
    [stranger, 'UnrecognizedClientException', 'InvalidAccessKeyId'],
    [forger, 'InvalidSignatureException', 'SignatureDoesNotMatch'],
  ] as const) {
    const jobs = new SageMakerClient({ credentials, maxAttempts: 1 });
    await assert.rejects(jobs.send(new ListTrainingJobsCommand({})), { name: jobsCode });
    const objects = new S3Client({ credentials, maxAttempts: 1, forcePathStyle: true });
    await assert.rejects(objects.send(new ListObjectsV2Command({ Bucket: service.bucket })), {
      name: objectsCode,
    });
  }
});
