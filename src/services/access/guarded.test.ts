import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServiceError } from '../../model/errors.ts';
import { guarded } from './guarded.ts';
import { limitedTo, UNLIMITED } from './permissions.ts';

test('a service is for callers without limits', () => {
  const run = (_: object, { callerArn }: { callerArn: string }) => callerArn;
  const service = { operations: new Map([['ListTags', { input: 'ListTagsInput', run }]]) } as never;
  const permissionsOf = (arn: string) => (arn === 'owner' ? UNLIMITED : limitedTo({}));
  const operation = guarded('sagemaker', service, permissionsOf).operations.get('ListTags');
  const called = (callerArn: string) => operation?.run({} as never, { callerArn } as never);
  assert.equal(called('owner'), 'owner');
  assert.throws(
    () => called('job'),
    (error) =>
      error instanceof ServiceError &&
      error.code === 'AccessDeniedException' &&
      /^User: job is not authorized to perform: sagemaker:ListTags/.test(error.message),
  );
});
