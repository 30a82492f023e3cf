import type { JobDetails } from '../../src/web/api/job-details.ts';
import { Link } from '../router.tsx';
import { ask } from '../server/ask.ts';
import { useLoaded } from '../server/use-loaded.ts';
import { WhenLoaded } from '../ui/states.tsx';
import { Coloured } from './coloured.tsx';
import type { LogPage } from './log-lines.ts';
import { linePlace } from './log-panel.tsx';

const LINES = 12;

/** The last lines of the host that failed first: what led to the failure. */
export function FailureLines({ job }: { readonly job: JobDetails }) {
  const stream = job.streams.findLast(({ host }) => host === job.failedHost) ?? job.streams.at(-1);
  const loaded = useLoaded(
    async (signal) => {
      if (!stream) return undefined;
      const { total } = await ask<LogPage>('log', { stream: stream.name, count: 0 }, signal);
      const first = Math.max(0, total - LINES);
      return { first, ...(await ask<LogPage>('log', { stream: stream.name, first, count: LINES }, signal)) };
    },
    [stream?.name],
  );
  if (!stream) return <p class="quiet">It wrote nothing.</p>;
  return (
    <WhenLoaded of={loaded}>
      {(page) => (
        <>
          <p class="quiet">The last lines of {stream.host}:</p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard */}
          <ol class="lines" tabIndex={0} aria-label="The last lines">
            {page?.lines.map(([, text], index) => (
              <li key={page.first + index}>
                <Link to={linePlace(job.row.name, stream.name, page.first + index)} class="line-number">
                  {page.first + index + 1}
                </Link>
                <Coloured text={text} />
              </li>
            ))}
          </ol>
        </>
      )}
    </WhenLoaded>
  );
}
