import type { GetCallerIdentityResponse } from '../../model/types.generated.ts';
import { uniqueId } from '../iam/unique-id.ts';
import type { RequestContext } from '../service.ts';

/** Who the caller is, as its key says. */
export function getCallerIdentity({ account, callerArn }: RequestContext): GetCallerIdentityResponse {
  return { UserId: userId(account, callerArn), Account: account, Arn: callerArn };
}

/** The account's number for its root, `AROA…:session` for an assumed role, `AIDA…` for a user. */
function userId(account: string, arn: string): string {
  const [kind, name = '', session] = arn.slice(arn.lastIndexOf(':') + 1).split('/');
  switch (kind) {
    case 'root':
      return account;
    case 'assumed-role':
      return `${uniqueId('AROA', `arn:aws:iam::${account}:role/${name}`)}:${session ?? ''}`;
    default:
      return uniqueId('AIDA', arn);
  }
}
