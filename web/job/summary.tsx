import type { DescribeTrainingJobResponse } from '../../src/model/types.generated.ts';
import type { JobDetails } from '../../src/web/api/job-details.ts';
import { JobPool } from '../pools/job-pool.tsx';
import { call } from '../server/ask.ts';
import { useLoaded } from '../server/use-loaded.ts';
import { formatDuration, formatNumber, formatTime } from '../ui/format.ts';
import { Progress } from '../ui/progress.tsx';
import { WhenLoaded } from '../ui/states.tsx';
import { useNow } from '../ui/use-now.ts';
import { CostTable } from './cost-table.tsx';
import { FailureLines } from './failure-lines.tsx';
import { Timeline } from './timeline.tsx';

/** A job at a glance: what Describe says of it, its statuses, its last metrics, and why it failed. */
export function Summary({ job, reload }: { readonly job: JobDetails; readonly reload: () => void }) {
  const { row } = job;
  const now = useNow();
  // Asked anew whenever something happened to the job.
  const described = useLoaded(
    () =>
      call<DescribeTrainingJobResponse>('sagemaker', 'DescribeTrainingJob', { TrainingJobName: row.name }),
    [row.name, job.facts.length],
    row.endedAt === undefined ? 2000 : undefined,
  );
  return (
    <WhenLoaded of={described}>
      {(job_) => (
        <div class="columns">
          <section class="whole">
            {row.failureReason && (
              <div class="failure">
                <h2>Why it failed</h2>
                <p class="reason">{row.failureReason}</p>
                <FailureLines job={job} />
              </div>
            )}
          </section>
          <section>
            <h2>Statuses</h2>
            <Timeline transitions={job_.SecondaryStatusTransitions ?? []} now={now} />
          </section>
          <section>
            <h2>Facts</h2>
            <dl>
              {row.endedAt === undefined && (
                <Entry name="Progress">
                  <Progress job={row} now={now} />
                </Entry>
              )}
              <Entry name="Created">{formatTime(row.createdAt)}</Entry>
              {row.startedAt !== undefined && <Entry name="Started">{formatTime(row.startedAt)}</Entry>}
              {row.endedAt !== undefined && <Entry name="Ended">{formatTime(row.endedAt)}</Entry>}
              <Entry name="Duration">{formatDuration((row.endedAt ?? now) - row.createdAt)}</Entry>
              {job_.TrainingTimeInSeconds !== undefined && (
                <Entry name="Training time">{formatDuration(job_.TrainingTimeInSeconds * 1000)}</Entry>
              )}
              {row.maxRuntimeSeconds !== undefined && (
                <Entry name="At most">{formatDuration(row.maxRuntimeSeconds * 1000)}</Entry>
              )}
              <Entry name="Instances">
                {row.instances.map(({ type, count }) => `${count} × ${type}`).join(', ')}
                {row.isSpot && <span class="tag">spot</span>}
              </Entry>
              {job.attempt > 1 && <Entry name="Attempt">{job.attempt}</Entry>}
              <Entry name="ARN">
                <code class="breaks">{job_.TrainingJobArn}</code>
              </Entry>
              {job.tags.length > 0 && (
                <Entry name="Tags">
                  {job.tags.map(({ Key, Value }) => (
                    <span key={Key} class="tag">
                      {Key}={Value}
                    </span>
                  ))}
                </Entry>
              )}
            </dl>
          </section>
          <section>
            <h2>Last metrics</h2>
            {job_.FinalMetricDataList?.length ? (
              <table>
                <thead>
                  <tr>
                    <th scope="col">Name</th>
                    <th scope="col" class="number">
                      Value
                    </th>
                    <th scope="col">Time</th>
                  </tr>
                </thead>
                <tbody>
                  {job_.FinalMetricDataList.map(({ MetricName, Value = 0, Timestamp = 0 }) => (
                    <tr key={MetricName}>
                      <td class="breaks">{MetricName}</td>
                      <td class="number">{formatNumber(Value)}</td>
                      <td class="quiet when">{formatTime(Timestamp * 1000)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            ) : (
              <p class="quiet">None were told.</p>
            )}
          </section>
          <section>
            <h2>Cost</h2>
            <CostTable job={job} />
          </section>
          <JobPool job={job} reload={reload} />
        </div>
      )}
    </WhenLoaded>
  );
}

const Entry = ({
  name,
  children,
}: {
  readonly name: string;
  readonly children: preact.ComponentChildren;
}) => (
  <>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </>
);
