import { ServiceError } from '../../model/errors.ts';
import type { GetRoleRequest, GetRoleResponse } from '../../model/types.generated.ts';
import type { Roles } from './roles.ts';

/** Training jobs run as the role because SageMaker may assume it. IAM gives the document URL-encoded. */
const ASSUME_ROLE_POLICY = encodeURIComponent(
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ],
  }),
);

/** The SageMaker SDK calls it to make an ARN of a role's name (training contract §8.1). Throws NoSuchEntity. */
export function getRole(roles: Roles, { RoleName }: GetRoleRequest): GetRoleResponse {
  const role = roles.find(RoleName);
  if (!role || role.name !== RoleName) {
    throw new ServiceError('NoSuchEntity', `The role with name ${RoleName} cannot be found.`, 404);
  }
  return {
    Role: {
      Path: role.path,
      RoleName: role.name,
      RoleId: role.id,
      Arn: role.arn,
      CreateDate: Math.floor(role.createdAt / 1000),
      AssumeRolePolicyDocument: ASSUME_ROLE_POLICY,
      MaxSessionDuration: 3600,
    },
  };
}
