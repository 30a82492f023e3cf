import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { TestClock } from '../../clock/test-clock.ts';
import type { InstanceSample } from '../../metrics/instance-sample.ts';
import { Database } from '../../store/database.ts';
import { addLogStream } from '../../store/logs/add-log-stream.ts';
import { addInstanceSamples } from '../../store/metrics/add-instance-samples.ts';
import { addMetricPoint } from '../../store/metrics/add-metric-point.ts';
import { observeInstance } from '../../store/metrics/observe-instance.ts';
import { setMetricFinal } from '../../store/metrics/set-metric-final.ts';
import { createCloudWatchService } from './cloudwatch.ts';

const ACCOUNT = '123456789012';

/** For tests: CloudWatch over metrics that a test stores itself. It is 2026-01-02T00:00:00Z. */
export class MetricsFixture {
  static readonly NOW = Date.UTC(2026, 0, 2) / 1000;
  readonly clock = new TestClock(MetricsFixture.NOW * 1000);
  readonly database: Database;
  readonly service;
  #jobs = 0;

  constructor(t: TestContext) {
    const folder = mkdtempSync(join(tmpdir(), 'cloudwatch-'));
    this.database = new Database(join(folder, 'database'));
    this.service = createCloudWatchService({ account: ACCOUNT, clock: this.clock, database: this.database });
    t.after(() => {
      this.database.close();
      rmSync(folder, { recursive: true });
    });
  }

  /** A job that gave values of metrics, at times in epoch seconds. A second one of the same name is another job. */
  addJob(
    jobName: string,
    metrics: Readonly<Record<string, readonly (readonly [at: number, value: number])[]>>,
  ): void {
    const jobId = ++this.#jobs;
    const { database } = this;
    const name = `${jobName}/algo-1-${jobId}`;
    const stream = addLogStream(database, { name, file: name, jobId, host: 'algo-1' });
    for (const [metric, points] of Object.entries(metrics)) {
      for (const [sequence, [second, value]] of points.entries()) {
        const at = second * 1000;
        const metricId = setMetricFinal(database, { jobId, jobName }, { name: metric, at, value });
        addMetricPoint(database, { metricId, streamId: stream?.id ?? 0, sequence, at, value });
      }
    }
  }

  /** Samples of a job's instance. */
  addInstance(jobName: string, samples: readonly InstanceSample[], gpus = 0, host = 'algo-1'): void {
    const jobId = ++this.#jobs;
    const at = samples[0]?.at ?? 0;
    const instanceId = observeInstance(this.database, { jobId, jobName, host, gpus }, at);
    addInstanceSamples(
      this.database,
      samples.map((sample) => ({ instanceId, sample })),
    );
  }

  /** Calls an operation with an input that is valid. */
  call<Output>(operation: string, input: object): Output {
    const context = {
      requestId: 'r',
      accessKeyId: 'k',
      callerArn: 'arn',
      account: ACCOUNT,
      region: 'eu-west-1',
    };
    return this.service.operations.get(operation)?.run(input as never, context) as Output;
  }
}
