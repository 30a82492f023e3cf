import type { Overview } from '../../src/web/api/overview.ts';
import { jobPlace, Link } from '../router.tsx';
import { formatCount, formatDuration } from '../ui/format.ts';
import { PoolActions } from './pool-actions.tsx';

interface PoolListProps {
  readonly pools: Overview['pools'];
  readonly onChanged: () => void;
}

/** More are folded away. */
const FEW = 3;

/** The instances that are kept warm: for how long, who left them, and who runs on them now. */
export function PoolList({ pools, onChanged }: PoolListProps) {
  if (pools.length === 0) return null;
  const waiting = pools.filter(({ pool }) => pool.status === 'Available').length;
  return (
    <details open={pools.length <= FEW}>
      <summary>
        {formatCount(pools.length)} warm {pools.length === 1 ? 'pool' : 'pools'}
        {waiting > 0 && <span class="quiet"> · {formatCount(waiting)} idle</span>}
      </summary>
      <ul class="pools">
        {pools.map(({ job, instances, pool }) => (
          <li key={job}>
            <span>
              {instances.map(({ type, count }) => `${count} × ${type}`).join(', ')}{' '}
              {pool.status === 'Available' ? (
                <>
                  <span class="quiet">left by</span> <Link to={jobPlace(job)}>{job}</Link>{' '}
                  <span class="quiet">
                    · kept for {formatDuration(pool.endsInMs ?? 0, 'whole')} more, for a job that matches
                  </span>
                </>
              ) : (
                <>
                  <span class="quiet">reused by</span> <Link to={jobPlace(job)}>{job}</Link>
                  {pool.madeFor && (
                    <>
                      {' '}
                      <span class="quiet">· made for</span>{' '}
                      <Link to={jobPlace(pool.madeFor)}>{pool.madeFor}</Link>
                    </>
                  )}
                </>
              )}
            </span>
            <PoolActions {...{ job, pool, onChanged }} />
          </li>
        ))}
      </ul>
    </details>
  );
}
