import { useCallback, useRef } from 'preact/hooks';
import type { JobRow } from '../../src/web/api/job-row.ts';
import { here, jobPlace, Link, withQuery } from '../router.tsx';
import { formatDuration, formatNumber, formatTime } from '../ui/format.ts';
import { Progress } from '../ui/progress.tsx';
import { Status } from '../ui/status.tsx';
import { useNow } from '../ui/use-now.ts';
import { type RowsHandle, VirtualRows } from '../ui/virtual-rows.tsx';
import type { Jobs } from './use-jobs.ts';

interface JobsTableProps {
  readonly jobs: Jobs;
  readonly chosen: ReadonlySet<string>;
  readonly choose: (name: string, isChosen: boolean) => void;
}

const ROW_PX = 34;

/** The jobs, of which only the rows in view are drawn. Arrow keys lead from row to row. */
export function JobsTable({ jobs, chosen, choose }: JobsTableProps) {
  const now = useNow();
  const rows = useRef<RowsHandle>(null);
  const move = useCallback((event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[aria-rowindex]') : null;
    if (step === 0 || !row) return;
    event.preventDefault();
    const index = Number(row.getAttribute('aria-rowindex')) - 2 + step;
    rows.current?.show(index, 'nearest');
    const link = () => rows.current?.element?.querySelector<HTMLElement>(`[aria-rowindex="${index + 2}"] a`);
    const shown = link();
    if (shown) shown.focus();
    else requestAnimationFrame(() => link()?.focus());
  }, []);
  return (
    <div
      role="table"
      class="jobs"
      aria-label="Jobs"
      aria-rowcount={jobs.hasMore ? -1 : jobs.rows.length + 1}
      onKeyDown={move}
    >
      <div role="rowgroup">
        <div role="row" class="job head" aria-rowindex={1}>
          <span role="columnheader" class="pick">
            <span class="hidden">Choose</span>
          </span>
          <span role="columnheader">Status</span>
          <span role="columnheader">Name</span>
          <span role="columnheader" class="wide">
            Progress
          </span>
          <span role="columnheader" class="number">
            Duration
          </span>
          <span role="columnheader" class="wide">
            Instances
          </span>
          <span role="columnheader" class="wide">
            Last metric
          </span>
          <span role="columnheader" class="wide">
            Created
          </span>
        </div>
      </div>
      <VirtualRows
        count={jobs.rows.length}
        rowHeight={ROW_PX}
        handle={rows}
        onRange={jobs.watch}
        role="rowgroup"
        label="Jobs"
        row={(index) => {
          const job = jobs.rows[index];
          return job && <Row key={job.id} {...{ job, index, now, choose }} isChosen={chosen.has(job.name)} />;
        }}
      />
    </div>
  );
}

interface RowProps {
  readonly job: JobRow;
  readonly index: number;
  readonly now: number;
  readonly isChosen: boolean;
  readonly choose: (name: string, isChosen: boolean) => void;
}

function Row({ job, index, now, isChosen, choose }: RowProps) {
  return (
    <div role="row" class="job" aria-rowindex={index + 2}>
      <span role="cell" class="pick">
        <input
          type="checkbox"
          aria-label={`Choose ${job.name}`}
          checked={isChosen}
          onChange={(event) => choose(job.name, event.currentTarget.checked)}
        />
      </span>
      <span role="cell" title={job.failureReason ?? job.message}>
        <Status status={job.secondaryStatus} />
      </span>
      <span role="cell" class="name" title={job.name}>
        <Link to={jobPlace(job.name)}>{job.name}</Link>
      </span>
      <span role="cell" class="wide">
        <Progress job={job} now={now} />
      </span>
      <span role="cell" class="number">
        {formatDuration((job.endedAt ?? now) - job.createdAt)}
      </span>
      <span role="cell" class="wide">
        {job.instances.map(({ type, count }, index) => (
          <span key={type}>
            {index > 0 && ', '}
            {count > 1 && `${count} × `}
            <Link to={withQuery(here(), { type })} class="type" aria-label={`Only jobs on ${type}`}>
              {type}
            </Link>
          </span>
        ))}
        {job.isSpot && <span class="tag">spot</span>}
      </span>
      <span role="cell" class="wide metric">
        {job.metric && (
          <>
            <span class="quiet">{job.metric.name}</span> {formatNumber(job.metric.value)}
          </>
        )}
      </span>
      <span role="cell" class="wide quiet">
        {formatTime(job.createdAt)}
      </span>
    </div>
  );
}
