import { once } from 'node:events';
import type { DescribeTrainingJobResponse } from '../../model/types.generated.ts';
import { LiveLine } from '../screen/live-line.ts';
import { statusLook, styleOf } from '../screen/style.ts';
import { duration, metricValue, oneLine } from '../screen/text.ts';
import { hasEnded } from '../training/ended.ts';
import type { LogLine } from '../training/job-log.ts';
import { logText } from '../training/log-text.ts';

const STATUS = 12;

/** Shows a run: the job's output on stdout, what becomes of the job on stderr, and on a terminal a line at the bottom that lives. */
export class RunScreen {
  readonly #live = new LiveLine(process.stderr);
  readonly #style = styleOf(process.stderr);
  readonly #format;
  readonly #told = new Set<string>();
  #note = '';

  /** `hosts`: lines begin with the host that wrote them. */
  constructor(hosts: boolean) {
    this.#format = { hosts, timestamps: false, style: styleOf(process.stdout) };
  }

  say(line: string): void {
    this.#live.above(() => process.stderr.write(`${line}\n`));
  }

  /** Stands in the live line from now on. */
  note(text: string): void {
    this.#note = text;
  }

  async lines(lines: readonly LogLine[]): Promise<void> {
    const text = logText(lines, this.#format);
    if (!this.#live.above(() => process.stdout.write(text))) await once(process.stdout, 'drain');
  }

  /** Tells each message of each status once: that of the present one changes in place. */
  job(job: DescribeTrainingJobResponse, now: number): void {
    for (const [visit, transition] of (job.SecondaryStatusTransitions ?? []).entries()) {
      const { Status: status, StartTime: start, StatusMessage: message = '' } = transition;
      const key = `${visit} ${message}`;
      if (this.#told.has(key)) continue;
      this.#told.add(key);
      const at = `+${duration(start - job.CreationTime)}`.padStart(7);
      this.say(
        `${this.#style('dim', at)}  ${this.#style(statusLook(status), status.padEnd(STATUS))} ${oneLine(message)}`,
      );
    }
    this.#live.show(liveText(job, now, this.#note), (text) => this.#style('bold', text));
  }

  end(): void {
    this.#live.remove();
  }
}

/** `Training  1m05s  loss 0.0312  Ctrl-C stops the job`. `now` in epoch seconds. */
export function liveText(job: DescribeTrainingJobResponse, now: number, note: string): string {
  const metrics = (job.FinalMetricDataList ?? []).map(
    ({ MetricName, Value }) => `${MetricName} ${metricValue(Value ?? Number.NaN)}`,
  );
  const words = ['⏵', job.SecondaryStatus, duration(now - job.CreationTime), ...metrics];
  // Nothing can be stopped any more.
  if (!hasEnded(job.TrainingJobStatus)) words.push(note);
  return oneLine(words.filter((word) => word !== '').join('  '));
}
