import type { LogStreams } from '../../logs/log-streams.ts';
import type { Service } from '../service.ts';
import { describeLogGroups } from './describe-log-groups.ts';
import { describeLogStreams } from './describe-log-streams.ts';
import { filterLogEvents } from './filter-log-events.ts';
import { getLogEvents } from './get-log-events.ts';

/** CloudWatch Logs, as far as a job's log streams are read. */
export const createLogsService = (streams: LogStreams): Service => ({
  operations: new Map([
    ['DescribeLogGroups', describeLogGroups(streams)],
    ['DescribeLogStreams', describeLogStreams(streams)],
    ['FilterLogEvents', filterLogEvents(streams)],
    ['GetLogEvents', getLogEvents(streams)],
  ]),
});
