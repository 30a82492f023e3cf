import type { EventLog } from '../../events/event-log.ts';
import type { Faults } from '../../faults/faults.ts';
import type { Database } from '../../store/database.ts';
import type { OwnOperation, OwnService } from '../own-service.ts';
import { advanceClock, type JobClock, readClock } from './clock.ts';
import { followEvents } from './follow-events.ts';
import { clearFaults, injectFault, showFaults } from './on-demand.ts';

/** What the server's own API stands on. */
export interface OwnApiContext {
  readonly account: string;
  readonly region: string;
  readonly database: Database;
  readonly events: EventLog;
  readonly faults: Faults;
  readonly clock: JobClock;
}

/** What Trainyard offers besides AWS's services: events, faults on demand, and the test clock. */
export function createOwnApi(context: OwnApiContext): OwnService {
  const operations: Record<string, OwnOperation> = {
    'GET /_trainyard/events': (call) => followEvents(context, call),
    'GET /_trainyard/faults': () => showFaults(context),
    'POST /_trainyard/faults': (call) => injectFault(context, call),
    'DELETE /_trainyard/faults': (call) => clearFaults(context, call),
    'GET /_trainyard/clock': () => readClock(context),
    'POST /_trainyard/clock': (call) => advanceClock(context, call),
  };
  return new Map(Object.entries(operations));
}
