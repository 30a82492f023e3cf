import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import type { TrainingApi } from '../client/training-api.ts';
import { addPlaceOptions, apiOf, examples, type PlaceFlags, reporting } from './command.ts';
import { eachJob } from './each-job.ts';
import { hasEnded } from './training/ended.ts';

const LOOK_MS = 300;

interface StopFlags extends PlaceFlags {
  readonly wait?: boolean;
  readonly json?: boolean;
}

export function addStopCommand(program: Command): void {
  addPlaceOptions(program.command('stop'))
    .summary('Stop jobs')
    .description('Stop jobs: SIGTERM, and SIGKILL when the grace is over; what is in /opt/ml/model is kept')
    .argument('<jobs...>', 'their names')
    .option('--wait', 'until they have ended')
    .option('--json', 'one JSON object per job: its name and status')
    .addHelpText('after', examples('trainyard stop my-job', 'trainyard stop job-1 job-2 --wait'))
    .action(reporting(stop));
}

async function stop(jobs: readonly string[], flags: StopFlags): Promise<void> {
  const api = await apiOf(flags);
  const stopping = await eachJob(jobs, async (job) => {
    await api.call('StopTrainingJob', { TrainingJobName: job });
    if (!flags.wait) tell(job, 'Stopping', flags);
  });
  if (flags.wait)
    await Promise.all(stopping.done.map(async (job) => tell(job, await ended(api, job), flags)));
  stopping.finish();
}

async function ended(api: TrainingApi, job: string): Promise<string> {
  for (;;) {
    const { TrainingJobStatus: status } = await api.call('DescribeTrainingJob', { TrainingJobName: job });
    if (hasEnded(status)) return status;
    await delay(LOOK_MS);
  }
}

function tell(job: string, status: string, { json }: StopFlags): void {
  console.log(
    json ? JSON.stringify({ TrainingJobName: job, TrainingJobStatus: status }) : `${job}  ${status}`,
  );
}
