import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Overview } from '../../src/web/api/overview.ts';
import { go, here, Link, usePlace, withQuery } from '../router.tsx';
import { ask } from '../server/ask.ts';
import { useLoaded } from '../server/use-loaded.ts';
import { formatCount } from '../ui/format.ts';
import { Empty, Failure, Loading } from '../ui/states.tsx';
import { Filters } from './filters.tsx';
import { JobsTable } from './jobs-table.tsx';
import { Queue } from './queue.tsx';
import { useJobs } from './use-jobs.ts';

const FILTERS = ['q', 'status', 'secondary', 'type', 'spot', 'order', 'direction'];
const OVERVIEW_MS = 2000;

/** All jobs: what they do now, who waits for what, and the way to each. */
export function JobsPage() {
  const place = usePlace();
  const filters = Object.fromEntries(
    FILTERS.flatMap((name) => (place.query.has(name) ? [[name, place.query.get(name) ?? '']] : [])),
  );
  const jobs = useJobs(filters);
  const overview = useLoaded((signal) => ask<Overview>('overview', {}, signal), [], OVERVIEW_MS);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const search = useRef<HTMLInputElement>(null);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isTyping =
        event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
      if (event.key !== '/' || isTyping) return;
      event.preventDefault();
      search.current?.focus();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);

  const choose = useCallback((name: string, isChosen: boolean) => {
    setChosen((before) => {
      const after = new Set(before);
      if (isChosen) after.add(name);
      else after.delete(name);
      return after;
    });
  }, []);
  const compare = () => go(`compare?${new URLSearchParams([...chosen].map((name) => ['job', name]))}`);
  const isFiltered = Object.keys(filters).some((name) => name !== 'order' && name !== 'direction');
  const all = Object.values(overview.value?.counts ?? {}).reduce((sum, count) => sum + count, 0);
  return (
    <div class="jobs-page">
      <div class="bar">
        <h1>Jobs</h1>
        <span class="quiet" role="status">
          {formatCount(isFiltered ? jobs.rows.length : all)}
          {isFiltered && jobs.hasMore ? '+' : ''} {jobs.isLive ? '' : '· connection lost, trying again'}
        </span>
        <span class="space" />
        <button type="button" disabled={chosen.size < 2} onClick={compare}>
          Compare{chosen.size > 0 ? ` ${chosen.size}` : ''}
        </button>
        <Link to="create" class="button primary">
          Create job
        </Link>
      </div>
      <Filters
        search={search}
        query={place.query}
        change={(changes) => go(withQuery(here(), changes), { replace: true })}
      />
      {overview.value && <Queue overview={overview.value} reload={overview.reload} />}
      {jobs.error && <Failure error={jobs.error} />}
      {jobs.rows.length > 0 ? (
        <JobsTable jobs={jobs} chosen={chosen} choose={choose} />
      ) : jobs.isLoading || jobs.hasMore ? (
        <Loading what={isFiltered ? 'Searching' : 'Loading'} />
      ) : (
        <Empty>
          {isFiltered ? (
            <p>No job passes these filters.</p>
          ) : (
            <p>
              There are no jobs yet. <Link to="create">Create one</Link>, or point a SageMaker client here:{' '}
              <code>eval "$(trainyard env)"</code>
            </p>
          )}
        </Empty>
      )}
    </div>
  );
}
