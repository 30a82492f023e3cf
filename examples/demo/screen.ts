import { styleText } from 'node:util';
import type { Job, Observation } from './observe.ts';

const PLAIN_PROGRESS_MS = 2000;

/**
 * Prints what happens. On a terminal, the progress is a line that stays at the bottom and is written anew; elsewhere (a file, a CI log)
 * it is an ordinary line every two seconds.
 */
export class Screen {
  readonly #out = process.stdout;
  #progress = '';
  #printedAt = 0;

  print(text = ''): void {
    this.#erase();
    this.#out.write(`${text}\n`);
    if (this.#progress) this.#out.write(this.#progress);
  }

  fact(name: string, value: string): void {
    this.print(`${styleText('bold', name.padEnd(10))} ${value}`);
  }

  show(observation: Observation): void {
    if (observation.kind === 'line') this.print(styleText('dim', `             │ ${observation.text}`));
    else if (observation.kind === 'status') this.print(statusLine(observation));
    else this.#showProgress(observation.job);
  }

  /** Removes the progress line. */
  endProgress(): void {
    this.#erase();
    this.#progress = '';
  }

  #showProgress(job: Job): void {
    const text = progressText(job);
    if (this.#out.isTTY) {
      this.#erase();
      this.#progress = text.slice(0, this.#out.columns - 1);
      this.#out.write(this.#progress);
    } else if (Date.now() - this.#printedAt >= PLAIN_PROGRESS_MS) {
      this.#printedAt = Date.now();
      this.print(text);
    }
  }

  #erase(): void {
    if (this.#progress) this.#out.write('\r\x1b[2K');
  }
}

const statusLine = ({ seconds, status, message }: Extract<Observation, { kind: 'status' }>) =>
  `${`+${seconds.toFixed(2)} s`.padStart(9)}  ${styleText('cyan', status.padEnd(12))} ${message}`;

function progressText(job: Job): string {
  const seconds = (Date.now() - (job.CreationTime?.getTime() ?? Date.now())) / 1000;
  const metrics = (job.FinalMetricDataList ?? []).map(
    ({ MetricName, Value }) => `${MetricName} ${Value?.toFixed(4)}`,
  );
  return ['⏵', job.SecondaryStatus, `${seconds.toFixed(1)} s`, ...metrics].join('  ');
}
