import { jobs } from './001-jobs.ts';
import { objects } from './002-objects.ts';
import { logs } from './003-logs.ts';
import { warmPools } from './004-warm-pools.ts';
import { algorithms } from './005-algorithms.ts';
import { events } from './006-events.ts';
import { metrics } from './007-metrics.ts';
import { search } from './008-search.ts';
import { sessions } from './010-sessions.ts';
import { pageUploads } from './011-page-uploads.ts';

/** The schema's history: each entry is applied once, in order, and is never edited after a release. */
export const migrations: readonly string[] = [
  jobs,
  objects,
  logs,
  warmPools,
  algorithms,
  events,
  metrics,
  search,
  sessions,
  pageUploads,
];
