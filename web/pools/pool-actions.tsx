import { useState } from 'preact/hooks';
import { shape } from '../../src/model/shapes.ts';
import type { ShownPool } from '../../src/web/api/warm-pool.ts';
import { call } from '../server/ask.ts';
import { Confirm } from '../ui/confirm.tsx';

const LONGER_SECONDS = 15 * 60;

interface PoolActionsProps {
  /** The job that left the instances. */
  readonly job: string;
  readonly pool: ShownPool;
  readonly onChanged: () => void;
}

/** What can be done with instances that wait for a job: keep them longer, or give them back. */
export function PoolActions({ job, pool: { status, keepAliveSeconds = 0 }, onChanged }: PoolActionsProps) {
  const [problem, setProblem] = useState('');
  if (status !== 'Available') return null;
  const keepFor = async (seconds: number) => {
    await call('sagemaker', 'UpdateTrainingJob', {
      TrainingJobName: job,
      ResourceConfig: { KeepAlivePeriodInSeconds: seconds },
    });
    onChanged();
  };
  const longest = longestSeconds();
  const extend = () => {
    setProblem('');
    keepFor(Math.min(longest, keepAliveSeconds + LONGER_SECONDS)).catch((error: Error) =>
      setProblem(error.message),
    );
  };
  return (
    <span class="confirm">
      <button
        type="button"
        disabled={keepAliveSeconds >= longest}
        title={`Up to ${longest / 3600} hours after the job`}
        onClick={extend}
      >
        Keep 15 min longer
      </button>
      <Confirm action="End" question="Give these instances back now?" run={() => keepFor(0)} />
      {problem && (
        <span class="complaint" role="alert">
          {problem}
        </span>
      )}
    </span>
  );
}

/** What the API takes. */
function longestSeconds(): number {
  const { max = 0 } = shape('KeepAlivePeriodInSeconds') as { readonly max?: number };
  return max;
}
