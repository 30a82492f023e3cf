import { ServiceError } from '../../model/errors.ts';
import type { Operation, Service } from '../service.ts';
import type { PermissionsOf } from './permissions.ts';

/** The service for callers without limits only: any other is told so, in IAM's words. `name` is the service's in an action. */
export function guarded(name: string, service: Service, permissionsOf: PermissionsOf): Service {
  const operations = [...service.operations].map(([operation, { input, run }]): [string, Operation] => [
    operation,
    {
      input,
      run(value, caller) {
        if (!permissionsOf(caller.callerArn).isUnlimited)
          throw notAuthorized(caller.callerArn, `${name}:${operation}`);
        return run(value, caller);
      },
    },
  ]);
  return { ...service, operations: new Map(operations) };
}

const notAuthorized = (arn: string, action: string) =>
  new ServiceError(
    'AccessDeniedException',
    `User: ${arn} is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`,
  );
