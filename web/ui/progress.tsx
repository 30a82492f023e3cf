import type { JobRow } from '../../src/web/api/job-row.ts';
import { formatDuration } from './format.ts';

const PHASES = ['Starting', 'Downloading', 'Training', 'Uploading'];
const PLACES: Readonly<Record<string, number>> = {
  Pending: 0,
  Starting: 0,
  Interrupted: 0,
  Downloading: 1,
  Training: 2,
  Stopping: 2,
  Uploading: 3,
};

/** How far a job is: its phases, and in Training how much of its time is used up. How long it needs nobody knows. */
export function Progress({ job, now }: { readonly job: JobRow; readonly now: number }) {
  const { secondaryStatus, trainingAt, maxRuntimeSeconds, endedAt } = job;
  if (endedAt !== undefined) return null;
  const place = PLACES[secondaryStatus] ?? 0;
  const isTraining =
    secondaryStatus === 'Training' && trainingAt !== undefined && maxRuntimeSeconds !== undefined;
  const used = isTraining ? Math.min(1, (now - trainingAt) / 1000 / maxRuntimeSeconds) : 0;
  const words = isTraining
    ? `Training for ${formatDuration(now - trainingAt)} of at most ${formatDuration(maxRuntimeSeconds * 1000)}`
    : `Phase ${place + 1} of ${PHASES.length}: ${secondaryStatus}`;
  return (
    <span class="progress" role="img" aria-label={words} title={words}>
      {PHASES.map((phase, index) => (
        <span key={phase} class={index < place ? 'past' : index === place ? 'now' : ''}>
          {index === place && isTraining && <span style={{ width: `${used * 100}%` }} />}
        </span>
      ))}
    </span>
  );
}
