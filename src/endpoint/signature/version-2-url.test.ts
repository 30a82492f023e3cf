import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestClock } from '../../clock/test-clock.ts';
import { audience } from './audience.ts';
import { withHeaders } from './test-signer.ts';
import { createVerifier, isRefusal, type SignedRequest } from './verifier.ts';

const EXAMPLE = {
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  callerArn: 'arn:aws:iam::123456789012:root',
};

function setUp(at: number, sessionToken?: string) {
  const clock = new TestClock(at);
  const credential = sessionToken === undefined ? EXAMPLE : { ...EXAMPLE, sessionToken };
  const verifier = createVerifier(
    { find: (id) => (id === 'AKIAIOSFODNN7EXAMPLE' ? credential : undefined) },
    clock,
  );
  const outcome = (request: SignedRequest, service = 's3') => {
    const found = verifier.verify(request, audience(service, 'us-east-1'));
    return isRefusal(found) ? found.reason : found.payload.kind;
  };
  return { clock, outcome };
}

const get = (path: string, query: string, host: string, method = 'GET') =>
  withHeaders({ method, path, query }, [['Host', host]]);

// S3 user guide, "Signing and authenticating REST requests", the example of query string authentication (first edition).
const PUBLISHED = get(
  '/photos/puppy.jpg',
  'AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D&Expires=1175139620',
  'johnsmith.s3.amazonaws.com',
);

test('the published example holds until it expires', async () => {
  const { clock, outcome } = setUp(1175139600_000);
  assert.equal(outcome(PUBLISHED), 'unsigned');
  assert.equal(outcome({ ...PUBLISHED, path: '/photos/kitten.jpg' }), 'mismatch');
  assert.equal(outcome({ ...PUBLISHED, method: 'PUT' }), 'mismatch');
  assert.equal(outcome({ ...PUBLISHED, query: PUBLISHED.query.replace('620', '630') }), 'mismatch');
  assert.equal(outcome({ ...PUBLISHED, query: `${PUBLISHED.query}&acl` }), 'mismatch');
  assert.equal(outcome({ ...PUBLISHED, query: PUBLISHED.query.replace('AKIA', 'AKIB') }), 'unknown key');
  assert.equal(
    outcome({ ...PUBLISHED, query: PUBLISHED.query.replace(/&Expires.*/, '') }),
    'incomplete version 2 url',
  );
  await clock.advance(20_001);
  assert.equal(outcome(PUBLISHED), 'url expired');
});

test('only S3 takes it', () => {
  const { outcome } = setUp(1175139600_000);
  assert.equal(outcome(PUBLISHED, 'sts'), 'unsupported mechanism');
});

// Made by boto3 1.43.11: generate_presigned_url('put_object', …) with a session token and an ACL, path style.
const BOTO3 = get(
  '/b/a%20b/%C3%A9%2Bc',
  'AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=Af48hbFjXvEHe2yRoPwVm%2FHv7ss%3D&x-amz-acl=bucket-owner-full-control&content-type=text%2Fplain&x-amz-security-token=to%2Fken%2B%3D&Expires=1767229200',
  '127.0.0.1:8080',
  'PUT',
);

test("boto3's URL holds, with its headers and its token", () => {
  const { outcome } = setUp(Date.UTC(2026, 0, 1), 'to/ken+=');
  assert.equal(outcome(BOTO3), 'unsigned');
  assert.equal(outcome({ ...BOTO3, query: BOTO3.query.replace('bucket-owner', 'public') }), 'mismatch');
  const added = withHeaders(BOTO3, [
    ['Host', '127.0.0.1:8080'],
    ['x-amz-acl', 'public-read'],
  ]);
  assert.equal(outcome(added), 'mismatch');
  assert.equal(setUp(Date.UTC(2026, 0, 1), 'other').outcome(BOTO3), 'wrong token');
});
