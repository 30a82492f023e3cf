import type { GetCallerIdentityResponse } from '../../model/types.generated.ts';
import type { Roles } from '../iam/roles.ts';
import { uniqueId } from '../iam/unique-id.ts';
import type { RequestContext } from '../service.ts';

/**
 * Who the caller is, as its key says. The owner is a session of the role that may do what the owner may, where there is one: as in a
 * notebook on SageMaker, whose `get_execution_role` makes of this answer the role that jobs are to run as (training contract §8.1).
 */
export function getCallerIdentity(
  roles: Roles,
  { account, callerArn }: RequestContext,
): GetCallerIdentityResponse {
  const isOwner = callerArn === `arn:aws:iam::${account}:root`;
  const Arn =
    isOwner && roles.ofOwner ? `arn:aws:sts::${account}:assumed-role/${roles.ofOwner.name}/owner` : callerArn;
  return { UserId: userId(roles, account, Arn), Account: account, Arn };
}

/** The account's number for its root, `AROA…:session` for an assumed role, `AIDA…` for a user. */
function userId(roles: Roles, account: string, arn: string): string {
  const [kind, name = '', session] = arn.slice(arn.lastIndexOf(':') + 1).split('/');
  switch (kind) {
    case 'root':
      return account;
    case 'assumed-role': {
      // A job's role may have left the settings meanwhile.
      const id = roles.find(name)?.id ?? uniqueId('AROA', `arn:aws:iam::${account}:role/${name}`);
      return `${id}:${session ?? ''}`;
    }
    default:
      return uniqueId('AIDA', arn);
  }
}
