import { LOG_GROUP, type LogStreams } from '../../logs/log-streams.ts';
import type { DescribeLogGroupsRequest, DescribeLogGroupsResponse } from '../../model/types.generated.ts';
import type { Operation, RequestContext } from '../service.ts';
import { INVALID_TOKEN, invalidParameter } from './errors.ts';
import { groupArn, isGroup } from './log-group.ts';

/** DescribeLogGroups: the one group, from the first output of a job on. All fits into one page, so there are no tokens. */
export const describeLogGroups = (streams: LogStreams): Operation<DescribeLogGroupsRequest> => ({
  input: 'DescribeLogGroupsRequest',
  run(input, context): DescribeLogGroupsResponse {
    refuseUnsupported(input);
    const facts = matches(input, context) ? streams.groupFacts() : undefined;
    if (!facts) return { logGroups: [] };
    const arn = groupArn(context);
    const group = { logGroupName: LOG_GROUP, creationTime: facts.createdAt, arn: `${arn}:*` };
    if (input.logGroupNamePattern) return { logGroups: [group] };
    const rest = {
      metricFilterCount: 0,
      storedBytes: facts.bytes,
      logGroupClass: 'STANDARD',
      logGroupArn: arn,
    } as const;
    return { logGroups: [{ ...group, ...rest }] };
  },
});

function refuseUnsupported(input: DescribeLogGroupsRequest): void {
  if (input.nextToken !== undefined) throw INVALID_TOKEN;
  if (input.includeLinkedAccounts) {
    throw invalidParameter('includeLinkedAccounts is not supported: this deployment has no linked accounts.');
  }
  if (input.accountIdentifiers && input.accountIdentifiers.length > 0) {
    throw invalidParameter('accountIdentifiers is not supported: this deployment has no linked accounts.');
  }
  if (input.logGroupNamePrefix !== undefined && input.logGroupNamePattern !== undefined) {
    throw invalidParameter(
      'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
    );
  }
  if (input.logGroupIdentifiers && (input.logGroupNamePrefix ?? input.logGroupNamePattern) !== undefined) {
    throw invalidParameter(
      'logGroupIdentifiers cannot be combined with logGroupNamePrefix or logGroupNamePattern.',
    );
  }
}

function matches(input: DescribeLogGroupsRequest, context: RequestContext): boolean {
  const { logGroupNamePrefix = '', logGroupNamePattern = '', logGroupClass = 'STANDARD' } = input;
  const isAsked = input.logGroupIdentifiers?.some((identifier) => isGroup(identifier, context)) ?? true;
  return (
    isAsked &&
    LOG_GROUP.startsWith(logGroupNamePrefix) &&
    LOG_GROUP.includes(logGroupNamePattern) &&
    logGroupClass === 'STANDARD'
  );
}
