import { useState } from 'preact/hooks';
import type { JobDetails } from '../../src/web/api/job-details.ts';
import { go, jobPlace, Link, usePlace } from '../router.tsx';
import { ask, call } from '../server/ask.ts';
import { useLoaded } from '../server/use-loaded.ts';
import { Confirm } from '../ui/confirm.tsx';
import { Empty, WhenLoaded } from '../ui/states.tsx';
import { Status } from '../ui/status.tsx';
import { Configuration } from './configuration.tsx';
import { Facts } from './facts.tsx';
import { Files } from './files.tsx';
import { LogPanel } from './log-panel.tsx';
import { Metrics } from './metrics.tsx';
import { RequestText } from './request-text.tsx';
import { Summary } from './summary.tsx';
import { Usage } from './usage.tsx';

const TABS = [
  ['', 'Overview'],
  ['metrics', 'Metrics'],
  ['usage', 'Instances'],
  ['log', 'Log'],
  ['files', 'Files'],
  ['configuration', 'Configuration'],
  ['events', 'Events'],
  ['request', 'Request'],
] as const;

const LIVE_MS = 1000;

/** All that is known of a job. */
export function JobPage({ name }: { readonly name: string }) {
  const { query } = usePlace();
  const tab = query.get('tab') ?? '';
  const [isSettled, setSettled] = useState(false);
  const details = useLoaded(
    async (signal) => {
      const found = await ask<JobDetails>('job', { job: name }, signal);
      setSettled(found.isSettled);
      return found;
    },
    [name],
    isSettled ? undefined : LIVE_MS,
  );
  return (
    <div class={`job-page ${tab === 'log' ? 'fill' : ''}`}>
      {details.value === undefined && <h1 class="job-name">{name}</h1>}
      <WhenLoaded of={details} missing={<NoJob />}>
        {(job) => (
          <>
            <Heading job={job} reload={details.reload} />
            <nav class="tabs" aria-label="Of this job">
              {TABS.map(([id, label]) => (
                <Link key={id} to={jobPlace(name, id)} aria-current={tab === id ? 'page' : undefined}>
                  {label}
                </Link>
              ))}
            </nav>
            <Tab tab={tab} job={job} reload={details.reload} />
          </>
        )}
      </WhenLoaded>
    </div>
  );
}

const NoJob = () => (
  <Empty>
    There is no job of this name: it was deleted, or there never was one. <Link to="">All jobs</Link>
  </Empty>
);

interface TabProps {
  readonly tab: string;
  readonly job: JobDetails;
  readonly reload: () => void;
}

function Tab({ tab, job, reload }: TabProps) {
  switch (tab) {
    case 'metrics':
      return <Metrics jobs={[job.row]} />;
    case 'usage':
      return <Usage job={job} />;
    case 'log':
      return <LogPanel job={job} />;
    case 'files':
      return <Files job={job} />;
    case 'configuration':
      return <Configuration job={job} />;
    case 'events':
      return <Facts job={job} />;
    case 'request':
      return <RequestText request={job.request} />;
    default:
      return <Summary job={job} reload={reload} />;
  }
}

function Heading({ job: { row }, reload }: { readonly job: JobDetails; readonly reload: () => void }) {
  const of = { TrainingJobName: row.name };
  const isOver = row.endedAt !== undefined;
  return (
    <div class="bar">
      <h1 class="job-name">{row.name}</h1>
      <Status status={row.secondaryStatus} />
      <span class="space" />
      <span class="actions">
        <Link to={`create?from=${encodeURIComponent(row.name)}`} class="button">
          Clone
        </Link>
        {isOver ? (
          <Confirm
            action="Delete"
            question="Delete this job? Its files in buckets stay."
            run={async () => {
              await call('sagemaker', 'DeleteTrainingJob', of);
              go('');
            }}
          />
        ) : (
          <Confirm
            action="Stop"
            question="Stop this job?"
            disabled={row.status === 'Stopping'}
            run={async () => {
              await call('sagemaker', 'StopTrainingJob', of);
              reload();
            }}
          />
        )}
      </span>
    </div>
  );
}
