import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { StepPoint } from '../../metrics/step-point.ts';
import type { Companion, CompanionHook } from '../companion.ts';
import type { Instance } from '../hook.ts';
import { ordinaryFolder } from '../instance-folder.ts';
import { MetricFile } from './metric-file.ts';
import type { TimeSeries } from './time-series.ts';

/** How often the folder is looked into. */
const PAUSE_MS = 5_000;
/** More files than any algorithm has processes that write metrics. */
const MOST_FILES = 1_000;

/** Takes the values that the algorithm writes into SAGEMAKER_METRICS_DIRECTORY (training contract §5.2). No job fails for it. */
export const pickUpMetrics: CompanionHook = {
  name: 'metrics',
  async start(instance): Promise<Companion | undefined> {
    const { timeSeries } = instance.environment;
    const isWanted = instance.plan.request.AlgorithmSpecification?.EnableSageMakerMetricsTimeSeries === true;
    if (!timeSeries || !isWanted) return undefined;
    return new MetricsPickUp(instance, timeSeries);
  },
};

class MetricsPickUp implements Companion {
  readonly #instance: Instance;
  readonly #timeSeries: TimeSeries;
  readonly #stop = new AbortController();
  readonly #going: Promise<void>;
  readonly #files = new Map<string, MetricFile>();
  readonly #complained = new Set<string>();

  constructor(instance: Instance, timeSeries: TimeSeries) {
    this.#instance = instance;
    this.#timeSeries = timeSeries;
    this.#going = this.#goOn();
  }

  async finish(): Promise<void> {
    this.#stop.abort();
    await this.#going;
    await this.#look(true);
  }

  abandon(): void {
    this.#stop.abort();
  }

  async #goOn(): Promise<void> {
    try {
      for (;;) {
        await this.#instance.environment.clock.sleep(PAUSE_MS, this.#stop.signal);
        await this.#look(false);
      }
    } catch {
      // Stopped.
    }
  }

  async #look(atEnd: boolean): Promise<void> {
    try {
      const folder = await ordinaryFolder(this.#instance.folder.ml, 'output', 'metrics', 'sagemaker');
      const names = folder === undefined ? [] : await readdir(folder);
      for (const name of names
        .filter((each) => each.endsWith('.json'))
        .sort()
        .slice(0, MOST_FILES))
        await this.#file(join(folder ?? '', name)).read(
          (points, unread) => this.#take(name, points, unread),
          atEnd,
        );
    } catch (error) {
      const { log } = this.#instance.environment;
      log(`metrics of ${this.#instance.plan.jobName} could not be taken: ${(error as Error).message}`);
      if (atEnd) this.#instance.say('The last values in SAGEMAKER_METRICS_DIRECTORY could not be stored.');
    }
  }

  #file(path: string): MetricFile {
    const file = this.#files.get(path) ?? new MetricFile(path);
    this.#files.set(path, file);
    return file;
  }

  #take(name: string, points: readonly StepPoint[], unread: number): void {
    if (points.length > 0) this.#timeSeries.add(this.#instance.plan, points);
    if (unread === 0 || this.#complained.has(name)) return;
    this.#complained.add(name);
    this.#instance.say(
      `Lines of ${name} in SAGEMAKER_METRICS_DIRECTORY are left out that are not {"MetricName", "Value", "Timestamp", "IterationNumber"} with a finite value.`,
    );
  }
}
