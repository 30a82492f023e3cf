import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RoleList } from '../iam/roles.ts';
import { getCallerIdentity } from './get-caller-identity.ts';

const account = '123456789012';
const identify = (callerArn: string) =>
  getCallerIdentity({ requestId: '', accessKeyId: '', region: '', account, callerArn });

test("the account's root has the account's number for an id", () => {
  const Arn = `arn:aws:iam::${account}:root`;
  assert.deepEqual(identify(Arn), { UserId: account, Account: account, Arn });
});

test("an assumed role has the role's id and the session's name", () => {
  const role = new RoleList({ account, roles: [{ name: 'Training' }], createdAt: 0 }).find('Training');
  const { UserId } = identify(`arn:aws:sts::${account}:assumed-role/Training/SageMaker`);
  assert.equal(UserId, `${role?.id}:SageMaker`);
});

test('a user has an id of its own', () => {
  assert.match(identify(`arn:aws:iam::${account}:user/ann`).UserId ?? '', /^AIDA[A-Z2-7]{17}$/);
});
