import { LOG_GROUP } from '../../logs/log-streams.ts';
import type { RequestContext } from '../service.ts';
import { invalidParameter, NO_SUCH_GROUP } from './errors.ts';

/** The members that say which group is meant. */
export interface GroupChoice {
  readonly logGroupName?: string | undefined;
  readonly logGroupIdentifier?: string | undefined;
}

export const groupArn = ({ region, account }: Pick<RequestContext, 'region' | 'account'>) =>
  `arn:aws:logs:${region}:${account}:log-group:${LOG_GROUP}`;

/** Passes where the request means the one group there is, by its name or its ARN. Throws what CloudWatch Logs says otherwise. */
export function checkGroup(choice: GroupChoice, context: RequestContext): void {
  const { logGroupName, logGroupIdentifier } = choice;
  if (logGroupName !== undefined && logGroupIdentifier !== undefined) {
    throw invalidParameter('LogGroup name and LogGroup identifier are mutually exclusive parameters.');
  }
  const group = logGroupName ?? logGroupIdentifier;
  if (group === undefined)
    throw invalidParameter('Either logGroupName or logGroupIdentifier must be specified.');
  if (!isGroup(group, context)) throw NO_SUCH_GROUP;
}

/** Whether a name or an ARN is the group's. */
export const isGroup = (nameOrArn: string, context: RequestContext) =>
  [LOG_GROUP, groupArn(context), `${groupArn(context)}:*`].includes(nameOrArn);
