import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { addPlaceOptions, apiOf, CommandFailed, examples, type PlaceFlags, reporting } from './command.ts';
import { eachJob } from './each-job.ts';

interface RemoveFlags extends PlaceFlags {
  readonly yes?: boolean;
  readonly json?: boolean;
}

export function addRmCommand(program: Command): void {
  addPlaceOptions(program.command('rm'))
    .summary('Forget jobs that have ended')
    .description(
      'Forget jobs that have ended: what Describe says of them. Their logs, artifacts and data stay',
    )
    .argument('<jobs...>', 'their names')
    .option('-y, --yes', 'without asking')
    .option('--json', 'one JSON object per job that was removed: its name')
    .addHelpText('after', examples('trainyard rm my-job', 'trainyard rm -y job-1 job-2'))
    .action(reporting(remove));
}

async function remove(jobs: readonly string[], flags: RemoveFlags): Promise<void> {
  const api = await apiOf(flags);
  if (!flags.yes) {
    for (const name of jobs) {
      const job = await api.call('DescribeTrainingJob', { TrainingJobName: name });
      const ran = job.TrainingJobStatus;
      console.error(`${name} (${ran}): its status, times and metrics are forgotten, its name is free again.`);
      console.error(`  Its logs stay, and its artifacts: ${job.ModelArtifacts.S3ModelArtifacts}`);
    }
    if (!(await isWanted(jobs.length))) throw new CommandFailed('nothing was removed.');
  }
  const removed = await eachJob(jobs, async (name) => {
    await api.call('DeleteTrainingJob', { TrainingJobName: name });
    console.log(flags.json ? JSON.stringify({ TrainingJobName: name }) : `${name}  removed`);
  });
  removed.finish();
}

async function isWanted(count: number): Promise<boolean> {
  if (!process.stdin.isTTY) throw new CommandFailed('nobody can be asked here: remove them with --yes.');
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await asking.question(`Remove ${count === 1 ? 'it' : `these ${count} jobs`}? [y/N] `);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    asking.close();
  }
}
