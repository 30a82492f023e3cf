import { setTimeout as delay } from 'node:timers/promises';
import {
  type CloudWatchLogsClient,
  DescribeLogStreamsCommand,
  GetLogEventsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeTrainingJobCommand,
  type DescribeTrainingJobCommandOutput,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';

const LOG_GROUP = '/aws/sagemaker/TrainingJobs';
const POLL_MS = 200;
const ENDED = new Set(['Completed', 'Failed', 'Stopped']);

export type Job = DescribeTrainingJobCommandOutput;

/** A status of the job, or a line of its log. `seconds` since the job was created. */
type Happening =
  | { readonly kind: 'status'; readonly status: string; readonly message: string; readonly seconds: number }
  | { readonly kind: 'line'; readonly text: string; readonly seconds: number };

/** What happened in a job since the last look. */
export type Observation = Happening | { readonly kind: 'progress'; readonly job: Job };

function secondsAfterCreation(job: Job, time: number | undefined): number {
  const created = job.CreationTime?.getTime() ?? 0;
  return ((time ?? created) - created) / 1000;
}

const hasEnded = (job: Job) => ENDED.has(job.TrainingJobStatus ?? '');

/** Follows a job to its end, as any SageMaker client can: by asking. Returns the job as it ended. */
export async function* observe(
  sagemaker: SageMakerClient,
  logs: CloudWatchLogsClient,
  jobName: string,
  signal: AbortSignal,
): AsyncGenerator<Observation, Job> {
  const statuses = new StatusReader();
  const lines = new LogReader(logs, jobName);
  for (;;) {
    signal.throwIfAborted();
    const job = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: jobName }));
    const news: Happening[] = [...statuses.news(job), ...(await lines.news(job))];
    yield* news.sort((one, other) => one.seconds - other.seconds);
    if (hasEnded(job)) return job;
    yield { kind: 'progress', job };
    await delay(POLL_MS, undefined, { signal });
  }
}

/** Tells of each status message once. The message of the current status changes in place. */
class StatusReader {
  #told = new Set<string>();

  *news(job: Job): Generator<Happening> {
    for (const [visit, transition] of (job.SecondaryStatusTransitions ?? []).entries()) {
      const { Status: status = '', StatusMessage: message = '', StartTime: start } = transition;
      const key = `${visit} ${message}`;
      if (this.#told.has(key)) continue;
      this.#told.add(key);
      yield { kind: 'status', status, message, seconds: secondsAfterCreation(job, start?.getTime()) };
    }
  }
}

/** Reads the log stream of a job of one instance on from where it was. */
class LogReader {
  readonly #logs: CloudWatchLogsClient;
  readonly #jobName: string;
  #stream: string | undefined;
  #token: string | undefined;

  constructor(logs: CloudWatchLogsClient, jobName: string) {
    this.#logs = logs;
    this.#jobName = jobName;
  }

  async news(job: Job): Promise<Happening[]> {
    this.#stream ??= await this.#findStream();
    if (!this.#stream) return [];
    const lines: Happening[] = [];
    for (;;) {
      const page = await this.#logs.send(
        new GetLogEventsCommand({
          logGroupName: LOG_GROUP,
          logStreamName: this.#stream,
          startFromHead: true,
          nextToken: this.#token,
        }),
      );
      for (const { message: text = '', timestamp } of page.events ?? []) {
        lines.push({ kind: 'line', text, seconds: secondsAfterCreation(job, timestamp) });
      }
      // The end of a stream is where a token leads to itself.
      if (page.nextForwardToken === this.#token) return lines;
      this.#token = page.nextForwardToken;
    }
  }

  /** The stream appears with the first line. */
  async #findStream(): Promise<string | undefined> {
    try {
      const { logStreams = [] } = await this.#logs.send(
        new DescribeLogStreamsCommand({ logGroupName: LOG_GROUP, logStreamNamePrefix: `${this.#jobName}/` }),
      );
      return logStreams[0]?.logStreamName;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }
}
