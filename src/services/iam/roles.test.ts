import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getRole } from './get-role.ts';
import { RoleList } from './roles.ts';
import { simulatePrincipalPolicy } from './simulate-principal-policy.ts';

const createdAt = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const roles = new RoleList({
  account: '123456789012',
  roles: [{ name: 'Training' }, { name: 'service-role/Notebook' }],
  createdAt,
});

test('a role is found by its name and by its ARN', () => {
  const role = roles.find('Notebook');
  assert.equal(role?.arn, 'arn:aws:iam::123456789012:role/service-role/Notebook');
  assert.equal(roles.find('arn:aws:iam::123456789012:role/service-role/Notebook'), role);
  assert.equal(roles.find('arn:aws:iam::123456789012:role/Notebook'), undefined);
  assert.equal(roles.find('Nobody'), undefined);
});

test('a role keeps its id, and no two share one', () => {
  const [training, notebook] = [roles.find('Training'), roles.find('Notebook')];
  assert.match(training?.id ?? '', /^AROA[A-Z2-7]{17}$/);
  assert.notEqual(training?.id, notebook?.id);
  const again = new RoleList({ account: '123456789012', roles: [{ name: 'Training' }], createdAt: 0 });
  assert.equal(again.find('Training')?.id, training?.id);
});

test('GetRole tells what is known of it, to the second', () => {
  const { Role } = getRole(roles, { RoleName: 'Training' });
  assert.equal(Role.CreateDate, Date.UTC(2026, 0, 2, 3, 4, 5) / 1000);
  assert.deepEqual([Role.Path, Role.RoleName, Role.MaxSessionDuration], ['/', 'Training', 3600]);
});

test('GetRole knows roles by their names alone', () => {
  assert.throws(() => getRole(roles, { RoleName: 'arn:aws:iam::123456789012:role/Training' }), {
    code: 'NoSuchEntity',
    status: 404,
  });
});

test('a caller may do what the role that it has assumed may', () => {
  const limits = { read: ['s3://b/in/'], write: [] };
  const known = new RoleList({
    account: '123456789012',
    roles: [{ name: 'all' }, { name: 'path/some', limits }],
    createdAt: 0,
  });
  const assumed = (role: string) =>
    known.permissionsOf(`arn:aws:sts::123456789012:assumed-role/${role}/SageMaker`);
  assert.ok(known.permissionsOf('arn:aws:iam::123456789012:root').isUnlimited);
  assert.ok(assumed('all').isUnlimited);
  assert.ok(assumed('some').mayUse('read', 'b', 'in/a'));
  for (const [bucket, key] of [
    ['b', 'other'],
    ['b', 'in'],
    ['c', 'in/a'],
  ] as const)
    assert.ok(!assumed('some').mayUse('read', bucket, key), key);
  assert.ok(!assumed('some').mayUse('write', 'b', 'in/a'));
  assert.ok(!assumed('gone').isUnlimited, 'a role that is no more may do nothing');
});

test('SimulatePrincipalPolicy: a role without limits may do everything', () => {
  const source = 'arn:aws:iam::123456789012:role/Training';
  const ActionNames = ['s3:GetObject', 's3:PutObject'];
  const answer = simulatePrincipalPolicy(roles, { PolicySourceArn: source, ActionNames });
  assert.deepEqual(answer, {
    EvaluationResults: [
      { EvalActionName: 's3:GetObject', EvalResourceName: '*', EvalDecision: 'allowed' },
      { EvalActionName: 's3:PutObject', EvalResourceName: '*', EvalDecision: 'allowed' },
    ],
    IsTruncated: false,
  });
  assert.throws(() => simulatePrincipalPolicy(roles, { PolicySourceArn: `${source}2`, ActionNames }), {
    code: 'NoSuchEntity',
  });
  assert.throws(
    () => simulatePrincipalPolicy(roles, { PolicySourceArn: source, ActionNames, PolicyInputList: ['{}'] }),
    { code: 'InvalidInput', message: /^PolicyInputList can't be honoured/ },
  );
});

test('SimulatePrincipalPolicy: a role with limits may use the objects that these name', () => {
  const limits = { read: ['s3://b/in/'], write: ['s3://b/out/'] };
  const known = new RoleList({ account: '123456789012', roles: [{ name: 'some', limits }], createdAt: 0 });
  const decisions = (action: string, resources?: string[]) =>
    simulatePrincipalPolicy(known, {
      PolicySourceArn: 'arn:aws:iam::123456789012:role/some',
      ActionNames: [action],
      ...(resources && { ResourceArns: resources }),
    }).EvaluationResults?.map(({ EvalDecision }) => EvalDecision);
  const objects = ['arn:aws:s3:::b/in/a', 'arn:aws:s3:::b/out/a', 'arn:aws:s3:::c/in/a'];
  assert.deepEqual(decisions('s3:GetObject', objects), ['allowed', 'implicitDeny', 'implicitDeny']);
  assert.deepEqual(decisions('s3:PutObject', objects), ['implicitDeny', 'allowed', 'implicitDeny']);
  assert.deepEqual(decisions('s3:ListBucket', ['arn:aws:s3:::b', 'arn:aws:s3:::c']), [
    'allowed',
    'implicitDeny',
  ]);
  assert.deepEqual(decisions('s3:GetObject'), ['implicitDeny'], 'not all there are');
  assert.deepEqual(decisions('sagemaker:CreateTrainingJob'), ['implicitDeny']);
  const [allowed, denied] =
    simulatePrincipalPolicy(known, {
      PolicySourceArn: 'arn:aws:iam::123456789012:role/some',
      ActionNames: ['s3:GetObject', 'ecr:GetAuthorizationToken'],
      ResourceArns: ['arn:aws:s3:::b/in/a'],
    }).EvaluationResults ?? [];
  const byBoundary = (AllowedByPermissionsBoundary: boolean) => ({ AllowedByPermissionsBoundary });
  assert.deepEqual(allowed?.PermissionsBoundaryDecisionDetail, byBoundary(true));
  assert.deepEqual(denied?.PermissionsBoundaryDecisionDetail, byBoundary(false), 'limits are a boundary');
});
