import type { GetCallerIdentityRequest } from '../../model/types.generated.ts';
import type { Roles } from '../iam/roles.ts';
import type { Operation, RequestContext, Service } from '../service.ts';
import { getCallerIdentity } from './get-caller-identity.ts';

/** STS as far as a training client needs it. */
export function createStsService(roles: Roles): Service {
  const operations: Record<string, Operation> = {
    GetCallerIdentity: {
      input: 'GetCallerIdentityRequest',
      run: (_input: GetCallerIdentityRequest, context: RequestContext) => getCallerIdentity(roles, context),
    },
  };
  return { operations: new Map(Object.entries(operations)) };
}
