import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { Refused } from '../client/training-api.ts';
import type { JobEvent } from '../training/job-event.ts';
import type { ClockAnswer } from './clock.ts';
import { addPlaceOptions, CommandFailed, examples, type PlaceFlags, reporting } from './command.ts';
import { readMessages } from './event-stream.ts';
import { call, send } from './own-client.ts';
import { parseDuration } from './quantities.ts';
import { statusLook, styleOf } from './screen/style.ts';

/** How long it waits before it looks for a server that is gone. */
const RECONNECT_MS = 500;
/** As long as the statuses that are seen most. */
const STATUS = 11;
/** A stream on which not even a heartbeat comes is dead. */
const SILENCE_MS = 60_000;

interface WatchFlags extends PlaceFlags {
  readonly job?: string;
  readonly since?: string;
  readonly untilEnd?: boolean;
  readonly json?: boolean;
}

export function addWatchCommand(program: Command): void {
  addPlaceOptions(program.command('watch'))
    .summary('Print what happens to jobs, as it happens')
    .description('Print what happens to jobs as it happens, also over restarts of the server')
    .option('--job <name>', 'only this job')
    .option('--since <when>', "also what happened since: 1h, a time in ISO 8601, or an event's number")
    .option('--until-end', 'with --job: end when it has ended, with exit code 0 if it completed, else 1')
    .option('--json', 'one JSON object per line: the event as webhooks are sent it, with its number')
    .addHelpText(
      'after',
      examples('trainyard watch --since 1h', 'trainyard watch --job my-job --until-end && echo done'),
    )
    .action(reporting(watch));
}

async function watch(flags: WatchFlags): Promise<void> {
  if (flags.untilEnd && !flags.job) throw new CommandFailed('--until-end needs --job.');
  // Whoever reads our output may have seen enough.
  process.stdout.on('error', () => process.exit(0));
  const query = await startQuery(flags);
  let last: string | undefined;
  for (let isLost = false; ; ) {
    try {
      for await (const { id, data } of messagesOf(flags, query, last)) {
        last = id ?? last;
        if (isLost) console.error('trainyard: the server is back.');
        isLost = false;
        if (data === undefined) continue;
        const event = JSON.parse(data) as JobEvent;
        console.log(flags.json ? JSON.stringify({ number: Number(id), ...event }) : rendered(event));
        if (flags.untilEnd && ended(event)) {
          process.exitCode = event.detail.TrainingJobStatus === 'Completed' ? 0 : 1;
          return;
        }
      }
    } catch (error) {
      if (error instanceof Refused) throw error;
    }
    if (!isLost) console.error('trainyard: the server is gone; waiting for it.');
    isLost = true;
    await delay(RECONNECT_MS);
  }
}

async function startQuery({ job, since, untilEnd, ...place }: WatchFlags): Promise<Record<string, string>> {
  const ofJob: Record<string, string> = job ? { job } : {};
  if (since === undefined) return untilEnd ? { ...ofJob, after: '0' } : ofJob;
  if (/^\d+$/.test(since)) return { ...ofJob, after: since };
  const ago = parseDuration(since);
  if (ago === undefined) return { ...ofJob, since };
  const { now } = await call<ClockAnswer>(place, { path: 'clock' });
  return { ...ofJob, since: new Date(Date.parse(now) - ago * 1000).toISOString() };
}

async function* messagesOf(flags: WatchFlags, query: Record<string, string>, last: string | undefined) {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), SILENCE_MS);
  try {
    const headers = last === undefined ? {} : { 'last-event-id': last };
    const response = await send(flags, { path: 'events', query, headers, signal: silence.signal });
    if (!response.body) return;
    yield* readMessages(heard(response.body, timer));
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}

/** Each byte, a heartbeat's too, puts the timer back. */
async function* heard(body: AsyncIterable<Uint8Array>, timer: NodeJS.Timeout): AsyncGenerator<Uint8Array> {
  for await (const bytes of body) {
    timer.refresh();
    yield bytes;
  }
}

const ended = ({ detail }: JobEvent): boolean =>
  ['Completed', 'Failed', 'Stopped'].includes(String(detail.TrainingJobStatus));

function rendered({ time, detail, 'detail-type': type }: JobEvent): string {
  const style = styleOf(process.stdout);
  const head = `${style('dim', time)}  ${detail.TrainingJobName}`;
  if (detail.TrainingJobStatus === undefined) return `${head}  ${type}  ${JSON.stringify(detail.Fault)}`;
  const transitions = (detail.SecondaryStatusTransitions ?? []) as readonly {
    readonly StatusMessage?: string;
  }[];
  const message = detail.FailureReason ?? transitions.at(-1)?.StatusMessage ?? '';
  const [status, secondary] = [String(detail.TrainingJobStatus), String(detail.SecondaryStatus)];
  // Only an end has a status that says more than the other one, as Stopped/MaxRuntimeExceeded.
  const shown = status === 'InProgress' || status === secondary ? secondary : `${status}/${secondary}`;
  return `${head}  ${style(statusLook(secondary), shown.padEnd(STATUS))} ${message}`;
}
