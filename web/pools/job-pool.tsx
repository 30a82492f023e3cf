import type { JobDetails } from '../../src/web/api/job-details.ts';
import { jobPlace, Link } from '../router.tsx';
import { formatCount, formatDuration, formatWord } from '../ui/format.ts';
import { PoolActions } from './pool-actions.tsx';

/** Whose instances a job has, and what becomes of them after it. */
export function JobPool({ job, reload }: { readonly job: JobDetails; readonly reload: () => void }) {
  const { pool, row, request } = job;
  const asked = request.ResourceConfig?.KeepAlivePeriodInSeconds ?? 0;
  if (!pool && asked === 0) return null;
  return (
    <section>
      <h2>Warm pool</h2>
      {pool && (
        <dl>
          <dt>Status</dt>
          <dd>{formatWord(pool.status)}</dd>
          {pool.madeFor && (
            <>
              <dt>Made for</dt>
              <dd class="breaks">
                <Link to={jobPlace(pool.madeFor)}>{pool.madeFor}</Link>
              </dd>
            </>
          )}
          {pool.endsInMs !== undefined && (
            <>
              <dt>Ends in</dt>
              <dd>{formatDuration(pool.endsInMs, 'whole')}, unless a job that matches takes the instances</dd>
            </>
          )}
          {pool.reusedBy && (
            <>
              <dt>Reused by</dt>
              <dd class="breaks">
                <Link to={jobPlace(pool.reusedBy)}>{pool.reusedBy}</Link>
              </dd>
            </>
          )}
          {pool.retainedSeconds !== undefined && (
            <>
              <dt>Retained</dt>
              <dd>{formatCount(pool.retainedSeconds)} billable seconds</dd>
            </>
          )}
        </dl>
      )}
      {(!pool || pool.status === 'InUse') && asked > 0 && (
        <p class="quiet">
          {row.endedAt === undefined
            ? `Its instances are kept for ${formatDuration(asked * 1000)} after it, for a job that matches.`
            : 'Its instances were not kept.'}
        </p>
      )}
      {pool && <PoolActions job={row.name} pool={pool} onChanged={reload} />}
    </section>
  );
}
