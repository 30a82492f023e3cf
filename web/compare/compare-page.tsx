import type { DescribeTrainingJobResponse } from '../../src/model/types.generated.ts';
import type { JobDetails } from '../../src/web/api/job-details.ts';
import { Metrics } from '../job/metrics.tsx';
import { jobPlace, Link, usePlace } from '../router.tsx';
import { ask, call } from '../server/ask.ts';
import { useLoaded } from '../server/use-loaded.ts';
import { formatDuration, formatMoney, formatNumber } from '../ui/format.ts';
import { Empty, WhenLoaded } from '../ui/states.tsx';
import { Status } from '../ui/status.tsx';

interface Compared {
  readonly details: JobDetails;
  readonly described: DescribeTrainingJobResponse;
}

const LIVE_MS = 2000;

/** Several jobs beside each other: their hyperparameters, their results, and their metrics in the same charts. */
export function ComparePage() {
  const names = usePlace().query.getAll('job');
  const compared = useLoaded(
    (signal) =>
      Promise.all(
        names.map(async (job): Promise<Compared> => {
          const details = await ask<JobDetails>('job', { job }, signal);
          const input = { TrainingJobName: job };
          return { details, described: await call('sagemaker', 'DescribeTrainingJob', input) };
        }),
      ),
    [names],
    LIVE_MS,
  );
  return (
    <div class="compare-page">
      <div class="bar">
        <h1>Compare</h1>
      </div>
      {names.length === 0 ? (
        <Empty>
          Choose jobs in the <Link to="">list</Link>.
        </Empty>
      ) : (
        <WhenLoaded of={compared}>
          {(jobs) => (
            <>
              <Side jobs={jobs} />
              <h2>Metrics</h2>
              <Metrics jobs={jobs.map(({ details }) => details.row)} />
            </>
          )}
        </WhenLoaded>
      )}
    </div>
  );
}

/** What is told of each job, by name. */
type Rows = readonly (readonly [name: string, values: readonly (string | undefined)[]])[];

function Side({ jobs }: { readonly jobs: readonly Compared[] }) {
  const { results, parameters } = rowsOf(jobs);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard
    <section class="scrolled" tabIndex={0} aria-label="Side by side">
      <table class="side">
        <thead>
          <tr>
            <td />
            {jobs.map(({ details: { row } }) => (
              <th key={row.id} scope="col">
                <Link to={jobPlace(row.name)}>{row.name}</Link>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">Status</th>
            {jobs.map(({ details: { row } }) => (
              <td key={row.id}>
                <Status status={row.secondaryStatus} />
              </td>
            ))}
          </tr>
        </tbody>
        <Group title="Results" rows={results} />
        <Group title="Hyperparameters" rows={parameters} />
      </table>
    </section>
  );
}

/** Where jobs differ is what one looks for: it is marked. */
const Group = ({ title, rows }: { readonly title: string; readonly rows: Rows }) => (
  <tbody>
    <tr class="group">
      <th scope="rowgroup" colSpan={1 + (rows[0]?.[1].length ?? 1)}>
        {title}
      </th>
    </tr>
    {rows.map(([name, values]) => (
      <tr key={name} class={new Set(values).size > 1 ? 'differs' : ''}>
        <th scope="row">{name}</th>
        {values.map((value, index) => (
          <td key={index} class="number">
            {value ?? <span class="quiet">–</span>}
          </td>
        ))}
      </tr>
    ))}
  </tbody>
);

function rowsOf(jobs: readonly Compared[]): { readonly results: Rows; readonly parameters: Rows } {
  const of = <Value,>(pick: (job: Compared) => Value) => jobs.map(pick);
  const metrics = [
    ...new Set(
      jobs.flatMap(({ described }) =>
        (described.FinalMetricDataList ?? []).map(({ MetricName = '' }) => MetricName),
      ),
    ),
  ];
  const parameters = [
    ...new Set(jobs.flatMap(({ details }) => Object.keys(details.request.HyperParameters ?? {}))),
  ].sort();
  const lastValue = (job: Compared, metric: string) =>
    job.described.FinalMetricDataList?.find(({ MetricName }) => MetricName === metric)?.Value;
  return {
    results: [
      ...metrics.map((name): Rows[number] => [
        name,
        of((job) => {
          const value = lastValue(job, name);
          return value === undefined ? undefined : formatNumber(value);
        }),
      ]),
      [
        'Training time',
        of(({ described: { TrainingTimeInSeconds: seconds } }) =>
          seconds === undefined ? undefined : formatDuration(seconds * 1000),
        ),
      ],
      ['Cost', of(({ details: { cost } }) => cost && formatMoney(cost.total, cost.currency))],
      [
        'Instances',
        of(({ details: { row } }) => row.instances.map(({ type, count }) => `${count} × ${type}`).join(', ')),
      ],
    ],
    parameters: parameters.map((name): Rows[number] => [
      name,
      of(({ details }) => details.request.HyperParameters?.[name]),
    ]),
  };
}
