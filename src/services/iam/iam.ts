import type { GetRoleRequest, SimulatePrincipalPolicyRequest } from '../../model/types.generated.ts';
import type { Operation, Service } from '../service.ts';
import { getRole } from './get-role.ts';
import type { Roles } from './roles.ts';
import { simulatePrincipalPolicy } from './simulate-principal-policy.ts';

/** IAM as far as a training client needs it. */
export function createIamService(roles: Roles): Service {
  const operations: Record<string, Operation> = {
    GetRole: { input: 'GetRoleRequest', run: (input: GetRoleRequest) => getRole(roles, input) },
    SimulatePrincipalPolicy: {
      input: 'SimulatePrincipalPolicyRequest',
      run: (input: SimulatePrincipalPolicyRequest) => simulatePrincipalPolicy(roles, input),
    },
  };
  return { operations: new Map(Object.entries(operations)) };
}
