import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RoleDefinition, RoleList } from '../iam/roles.ts';
import { getCallerIdentity } from './get-caller-identity.ts';

const account = '123456789012';
const OWNER = `arn:aws:iam::${account}:root`;
const LIMITED = { name: 'limited', limits: { read: [], write: [] } };

const rolesOf = (...roles: readonly RoleDefinition[]) => new RoleList({ account, roles, createdAt: 0 });
const identify = (callerArn: string, roles = rolesOf(LIMITED)) =>
  getCallerIdentity(roles, { requestId: '', accessKeyId: '', region: '', account, callerArn });

test("the account's root has the account's number for an id", () => {
  assert.deepEqual(identify(OWNER), { UserId: account, Account: account, Arn: OWNER });
});

test('the owner is a session of the first role without limits', () => {
  const roles = rolesOf(LIMITED, { name: 'service-role/Notebook' }, { name: 'other' });
  assert.deepEqual(identify(OWNER, roles), {
    UserId: `${roles.find('Notebook')?.id}:owner`,
    Account: account,
    Arn: `arn:aws:sts::${account}:assumed-role/Notebook/owner`,
  });
});

test("an assumed role has the role's id and the session's name", () => {
  const roles = rolesOf({ name: 'Training' }, { name: 'path/Other' });
  for (const role of ['Training', 'Other']) {
    const { UserId } = identify(`arn:aws:sts::${account}:assumed-role/${role}/SageMaker`, roles);
    assert.equal(UserId, `${roles.find(role)?.id}:SageMaker`);
  }
});

test('a role that the settings name no longer has an id too', () => {
  const { UserId } = identify(`arn:aws:sts::${account}:assumed-role/gone/SageMaker`);
  assert.match(UserId ?? '', /^AROA[A-Z2-7]{17}:SageMaker$/);
});

test('a user has an id of its own', () => {
  assert.match(identify(`arn:aws:iam::${account}:user/ann`).UserId ?? '', /^AIDA[A-Z2-7]{17}$/);
});
