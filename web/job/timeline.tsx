import type { SecondaryStatusTransition } from '../../src/model/types.generated.ts';
import { formatDuration, formatTime } from '../ui/format.ts';
import { Status } from '../ui/status.tsx';

interface TimelineProps {
  readonly transitions: readonly SecondaryStatusTransition[];
  readonly now: number;
}

/** The statuses of a job, each with its time, its message, and how much of the whole it took. */
export function Timeline({ transitions, now }: TimelineProps) {
  const [first] = transitions;
  const start = (first?.StartTime ?? 0) * 1000;
  const end = Math.max(...transitions.map(({ EndTime }) => (EndTime ? EndTime * 1000 : now)), start + 1);
  return (
    <ol class="timeline">
      {transitions.map(({ Status: status, StartTime, EndTime, StatusMessage }) => {
        const from = StartTime * 1000;
        const to = EndTime === undefined ? Math.max(now, from) : EndTime * 1000;
        const share = {
          left: `${(100 * (from - start)) / (end - start)}%`,
          width: `${(100 * (to - from)) / (end - start)}%`,
        };
        return (
          <li key={`${status} ${StartTime}`}>
            <Status status={status} />
            <span class="number">{to > from ? formatDuration(to - from) : ''}</span>
            <time class="quiet" dateTime={new Date(from).toISOString()}>
              {formatTime(from)}
            </time>
            <span class="message">{StatusMessage}</span>
            <span class="share" aria-hidden="true">
              <span style={share} />
            </span>
          </li>
        );
      })}
    </ol>
  );
}
