import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../../clock/clock.ts';
import { LogStreams } from '../../logs/log-streams.ts';
import type { Database } from '../../store/database.ts';
import { addLogStream } from '../../store/logs/add-log-stream.ts';
import type { LogStreamRow } from '../../store/logs/log-stream-row.ts';
import { reopenLogStream } from '../../store/logs/reopen-log-stream.ts';
import type { InstancePlan } from '../instance-agent.ts';
import { MetricScanWorker } from '../metrics/metric-scan-worker.ts';
import type { OutputFollower, Telemetry } from '../telemetry.ts';
import { StreamFollower } from './stream-follower.ts';

export interface TelemetryOptions {
  /** The folder of logs. A stream's file is `<job id>/<host>-<attempt>.log` in it. */
  readonly folder: string;
  readonly database: Database;
  readonly clock: Clock;
  /** A regular expression may take this long for half a megabyte of a log before it is a runaway. Default 2,000. */
  readonly patienceMs?: number;
  /** Told of what went wrong in the background and is tried again: a full disk. Default: a warning of the process. */
  readonly onError?: (error: Error) => void;
}

/**
 * Follows the output of instances on this machine: when lines were written, their streams' rows, their metrics. `close` stops all
 * that without finishing anything; the jobs go on, and a later `follow` of the same plans does as well, from where it stopped.
 */
export function createTelemetry(options: TelemetryOptions): Telemetry & { close(): Promise<void> } {
  const { folder, database, clock, onError = warn } = options;
  const streams = new LogStreams(folder, database, clock);
  const worker = new MetricScanWorker(options.patienceMs);
  const followers = new Map<string, StreamFollower>();
  let isClosed = false;

  function follow(plan: InstancePlan): OutputFollower {
    if (isClosed) throw new Error('the telemetry is closed');
    const file = streamFile(plan);
    const known = followers.get(file);
    if (known) return known;
    const stream = openStream(database, plan, file);
    mkdirSync(dirname(streams.path(stream)), { recursive: true });
    const follower = new StreamFollower({
      ...{ streams, stream, worker, onError, jobName: plan.jobName },
      definitions: plan.request.AlgorithmSpecification?.MetricDefinitions ?? [],
      onClose: () => followers.delete(file),
      sayAfterwards: (line) => sayAfterwards(plan, line),
    });
    followers.set(file, follower);
    return follower;
  }

  /** Opens the stream once more, for one line. */
  function sayAfterwards(plan: InstancePlan, line: string): void {
    if (isClosed) {
      onError(new Error(`a line came too late for the log of ${plan.jobName}: ${line}`));
      return;
    }
    const follower = follow(plan);
    follower.say(line);
    follower.finish().catch(onError);
  }

  return {
    follow,
    async close() {
      isClosed = true;
      for (const follower of [...followers.values()]) follower.close();
      await worker.close();
    },
  };
}

const warn = (error: Error) => process.emitWarning(error);

const streamFile = ({ jobId, host, attempt }: InstancePlan) => `${jobId}/${host}-${attempt}.log`;

/**
 * The row of a plan's stream: the one that is there, or a new one, `<TrainingJobName>/<host>-<epoch seconds>` (training contract
 * §5.4). Where an attempt follows another within a second, the name is that of the next free second.
 */
function openStream(database: Database, plan: InstancePlan, file: string): LogStreamRow {
  const { jobId, jobName, host } = plan;
  return database.unhurried(() => {
    const known = reopenLogStream(database, file);
    if (known) return known;
    for (let second = Math.floor(plan.startedAt / 1000); ; second++) {
      const added = addLogStream(database, { name: `${jobName}/${host}-${second}`, file, jobId, host });
      if (added) return added;
    }
  });
}
