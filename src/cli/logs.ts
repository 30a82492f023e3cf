import { once } from 'node:events';
import { type Command, InvalidArgumentError } from 'commander';
import type { TrainingApi } from '../client/training-api.ts';
import { Refused } from '../client/training-api.ts';
import type { DescribeTrainingJobResponse } from '../model/types.generated.ts';
import { hostGroups } from '../training/instance-groups.ts';
import { addPlaceOptions, apiOf, CommandFailed, examples, type PlaceFlags, reporting } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { parseDuration } from './quantities.ts';
import { styleOf } from './screen/style.ts';
import { followJob } from './training/follow-job.ts';
import { JobLog, type LogLine } from './training/job-log.ts';
import { logText } from './training/log-text.ts';

interface LogFlags extends PlaceFlags {
  readonly host?: string;
  readonly follow?: boolean;
  readonly since?: number;
  readonly tail?: number;
  readonly timestamps?: boolean;
  readonly json?: boolean;
}

export function addLogsCommand(program: Command): void {
  addPlaceOptions(program.command('logs'))
    .summary('Print what a job writes')
    .description('Print what a job writes, of all its hosts by time')
    .argument('<job>')
    .option('--host <host>', 'only this host: algo-2')
    .option('-f, --follow', 'go on until the job ends: exit code 0 if it completed, else 1')
    .option('--since <when>', 'only what was written since: 10m, 2h, or a time in ISO 8601', instant)
    .option('--tail <n>', 'only the last lines', lineCount)
    .option('--timestamps', 'with the time of each line')
    .option('--json', 'one JSON object per line: host, time in milliseconds, text')
    .addHelpText(
      'after',
      examples(
        'trainyard logs -f my-job',
        'trainyard logs my-job --tail 100 --timestamps',
        'trainyard logs my-job --host algo-2 --since 10m',
      ),
    )
    .action(reporting(logs));
}

async function logs(name: string, flags: LogFlags): Promise<void> {
  const api = await apiOf(flags);
  const log = new JobLog(api, { job: name, host: flags.host, since: flags.since, tail: flags.tail });
  const job = await describe(api, name);
  if (flags.host !== undefined) checkHost(job, flags.host);
  const format = {
    hosts: flags.host === undefined && hostsOf(job).length !== 1,
    timestamps: flags.timestamps ?? false,
    style: styleOf(process.stdout),
  };
  const print = (lines: readonly LogLine[]) =>
    write(flags.json ? `${lines.map((line) => JSON.stringify(line)).join('\n')}\n` : logText(lines, format));
  if (flags.follow) return follow(api, name, log, print);
  for await (const lines of log.news()) await print(lines);
  if (!job && log.isEmpty) throw new CommandFailed(`there is no job ${name}, and no log of one.`);
}

async function follow(
  api: TrainingApi,
  name: string,
  log: JobLog,
  print: (lines: readonly LogLine[]) => Promise<void>,
): Promise<void> {
  const observations = followJob(api, name, log);
  for (;;) {
    const { value, done } = await observations.next();
    if (done) {
      process.exitCode = value.TrainingJobStatus === 'Completed' ? EXIT.done : EXIT.failed;
      if (value.FailureReason) console.error(`trainyard: ${name} failed: ${value.FailureReason}`);
      return;
    }
    if (value.kind === 'lines') await print(value.lines);
    if (value.kind === 'lost') console.error('trainyard: the server is gone; waiting for it.');
    if (value.kind === 'found') console.error('trainyard: the server is back.');
  }
}

/** The logs of a job that was removed are still there. */
async function describe(api: TrainingApi, name: string): Promise<DescribeTrainingJobResponse | undefined> {
  try {
    return await api.call('DescribeTrainingJob', { TrainingJobName: name });
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

const hostsOf = (job: DescribeTrainingJobResponse | undefined): readonly string[] =>
  job ? hostGroups(job).flatMap(({ hosts }) => hosts) : [];

function checkHost(job: DescribeTrainingJobResponse | undefined, host: string): void {
  const hosts = hostsOf(job);
  if (job && !hosts.includes(host))
    throw new CommandFailed(`${job.TrainingJobName} has no host ${host}: its hosts are ${hosts.join(', ')}.`);
}

/** Waits where the reader is slower than we are. */
async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

function instant(text: string): number {
  const ago = parseDuration(text);
  const at = ago === undefined ? Date.parse(text) : Date.now() - ago * 1000;
  if (!Number.isFinite(at)) throw new InvalidArgumentError('10m, 2h, or a time in ISO 8601');
  return at;
}

function lineCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a whole number');
  return Number(text);
}
