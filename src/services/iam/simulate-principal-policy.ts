import { ServiceError } from '../../model/errors.ts';
import type { SimulatePolicyResponse, SimulatePrincipalPolicyRequest } from '../../model/types.generated.ts';
import type { ObjectAccess, Permissions } from '../access/permissions.ts';
import type { Roles } from './roles.ts';

/** What would change an evaluation of policies, of which roles have none here. */
const REFUSED = [
  'CallerArn',
  'ContextEntries',
  'PermissionsBoundaryPolicyInputList',
  'PolicyExclusionList',
  'PolicyInputList',
  'ResourceHandlingOption',
  'ResourceOwner',
  'ResourcePolicy',
] as const;

/** The actions on objects that a role with limits may have. */
const ACCESS: Readonly<Record<string, ObjectAccess>> = {
  's3:getobject': 'read',
  's3:putobject': 'write',
  's3:deleteobject': 'write',
  's3:abortmultipartupload': 'write',
};

/**
 * What a role may do. The SageMaker SDK asks before it creates a job (training contract §8.2). A role may do everything, unless the
 * settings limit it to prefixes of S3. Such limits are what IAM calls a permissions boundary, and the answer says so of each decision:
 * the SDK's version 3 takes what a boundary forbids as a warning, for the platform brings images, metrics and networks to jobs of any
 * role. Throws NoSuchEntity.
 */
export function simulatePrincipalPolicy(
  roles: Roles,
  request: SimulatePrincipalPolicyRequest,
): SimulatePolicyResponse {
  const refused = REFUSED.find((member) => request[member] !== undefined);
  if (refused) {
    throw new ServiceError(
      'InvalidInput',
      `${refused} can't be honoured by this deployment: roles have limits here, and no policies.`,
    );
  }
  const { PolicySourceArn: source, ActionNames: actions, ResourceArns: resources = ['*'] } = request;
  const role = roles.find(source);
  if (role?.arn !== source)
    throw new ServiceError('NoSuchEntity', `The principal ${source} does not exist.`, 404);
  return {
    EvaluationResults: actions.flatMap((action) =>
      resources.map((resource) => ({
        EvalActionName: action,
        EvalResourceName: resource,
        ...decisionOf(role.permissions, action, resource),
      })),
    ),
    IsTruncated: false,
  };
}

function decisionOf(permissions: Permissions, action: string, resource: string) {
  const allowed = isAllowed(permissions, action, resource);
  return {
    EvalDecision: allowed ? 'allowed' : 'implicitDeny',
    ...(!permissions.isUnlimited && {
      PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: allowed },
    }),
  } as const;
}

function isAllowed(permissions: Permissions, action: string, resource: string): boolean {
  if (permissions.isUnlimited) return true;
  const [, bucket = '', key] = /^arn:aws:s3:::([^/]+)(?:\/(.*))?$/s.exec(resource) ?? [];
  if (action.toLowerCase() === 's3:listbucket') return key === undefined && permissions.mayEnter(bucket);
  const access = ACCESS[action.toLowerCase()];
  return access !== undefined && key !== undefined && permissions.mayUse(access, bucket, key);
}
