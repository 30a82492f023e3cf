import type { Command } from 'commander';
import { addPlaceOptions, apiOf, examples, type PlaceFlags, reporting } from './command.ts';
import { screenOf } from './screen/style.ts';
import { description } from './training/description.ts';

export function addDescribeCommand(program: Command): void {
  addPlaceOptions(program.command('describe'))
    .summary('Show what is known of a job')
    .description('Show what is known of a job: its statuses, metrics, channels, artifacts, and why it failed')
    .argument('<job>')
    .option('--json', "the API's answer")
    .addHelpText(
      'after',
      examples('trainyard describe my-job', 'trainyard describe my-job --json | jq .FinalMetricDataList'),
    )
    .action(reporting(describe));
}

async function describe(name: string, flags: PlaceFlags & { readonly json?: boolean }): Promise<void> {
  const api = await apiOf(flags);
  const job = await api.call('DescribeTrainingJob', { TrainingJobName: name });
  if (flags.json) console.log(JSON.stringify(job, null, 2));
  else console.log(description(job, Date.now() / 1000, screenOf(process.stdout)).join('\n'));
}
