import type { Overview } from '../../src/web/api/overview.ts';
import { PoolList } from '../pools/pool-list.tsx';
import { jobPlace, Link } from '../router.tsx';
import { formatCount, formatDuration } from '../ui/format.ts';
import { useNow } from '../ui/use-now.ts';

/** What the machine has, how much of it is in use, and who waits for what. */
export function Queue({ overview, reload }: { readonly overview: Overview; readonly reload: () => void }) {
  const { limits, waiting, waitingCount, pools } = overview;
  const now = useNow();
  return (
    <section class="queue" aria-label="Capacity and queue">
      <ul class="limits">
        {limits
          .filter(({ total }) => total > 0)
          .map(({ name, total, free, setting }) => (
            <li key={setting + name} title={setting}>
              <span>{shortened(name)}</span>
              <meter
                {...{ min: 0, max: total, value: total - free }}
                aria-label={`${name}: ${total - free} of ${total} in use`}
              />
              <span class="figures">
                {formatCount(total - free)} of {formatCount(total)}
              </span>
            </li>
          ))}
      </ul>
      <PoolList pools={pools} onChanged={reload} />
      {waitingCount > 0 && (
        <details>
          <summary>{formatCount(waitingCount)} waiting</summary>
          <ol>
            {waiting.map(({ job, lacks, since, isSpot }) => (
              <li key={job}>
                <Link to={jobPlace(job)}>{job}</Link>
                {isSpot && <span class="tag">spot</span>}{' '}
                <span class="quiet">
                  {lacks.length > 0
                    ? `needs ${lacks.map(shortened).join(', ')}`
                    : 'waits for those before it'}{' '}
                  · {formatDuration(now - since)}
                </span>
              </li>
            ))}
          </ol>
        </details>
      )}
    </section>
  );
}

/** SageMaker's words for quotas, as short as a line of a table wants them. */
const shortened = (name: string): string =>
  name
    .replace(/ for training job usage$/, '')
    .replace('Number of instances across training jobs', 'Instances');
