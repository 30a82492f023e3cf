import { type Command, Option } from 'commander';
import { Refused, type TrainingApi } from '../client/training-api.ts';
import type {
  DescribeTrainingJobResponse,
  ListTrainingJobsRequest,
  TrainingJobStatus,
  TrainingJobSummary,
} from '../model/types.generated.ts';
import { addPlaceOptions, apiOf, examples, type PlaceFlags, reporting } from './command.ts';
import { count } from './option-values.ts';
import { screenOf } from './screen/style.ts';
import { jobTable, type ListedJob } from './training/job-table.ts';

const STATUSES = ['InProgress', 'Completed', 'Failed', 'Stopping', 'Stopped', 'Deleting'];
const DEFAULT_LIMIT = 20;
const PAGE = 100;

interface ListFlags extends PlaceFlags {
  readonly status?: TrainingJobStatus;
  readonly name?: string;
  readonly limit: number;
  readonly all?: boolean;
  readonly json?: boolean;
}

export function addLsCommand(program: Command): void {
  addPlaceOptions(program.command('ls'))
    .description('List training jobs, the newest first')
    .addOption(new Option('--status <status>', 'only those in this status').choices(STATUSES))
    .option('--name <text>', 'only those whose name contains it')
    .option('--limit <n>', 'how many', count, DEFAULT_LIMIT)
    .option('--all', 'all of them')
    .option('--json', "one JSON object per line: what the API's list says of a job")
    .addHelpText(
      'after',
      examples(
        'trainyard ls --status Failed --limit 5',
        'trainyard ls --name resnet --all',
        'trainyard ls --json --all | jq -r .TrainingJobName',
      ),
    )
    .action(reporting(list));
}

async function list(flags: ListFlags): Promise<void> {
  const api = await apiOf(flags);
  const jobs: ListedJob[] = [];
  for await (const summaries of pages(api, flags)) {
    if (flags.json) for (const summary of summaries) console.log(JSON.stringify(summary));
    else jobs.push(...(await Promise.all(summaries.map((summary) => listed(api, summary)))));
  }
  if (flags.json) return;
  if (jobs.length === 0) console.error('no training jobs.');
  else console.log(jobTable(jobs, Date.now() / 1000, screenOf(process.stdout)).join('\n'));
}

/** The wanted jobs, page by page, by the API's own tokens: no page costs more than another. */
async function* pages(api: TrainingApi, flags: ListFlags): AsyncGenerator<readonly TrainingJobSummary[]> {
  const filter: ListTrainingJobsRequest = {
    ...{ SortBy: 'CreationTime', SortOrder: 'Descending' },
    ...(flags.status && { StatusEquals: flags.status }),
    ...(flags.name !== undefined && { NameContains: flags.name }),
  };
  let left = flags.all ? Number.POSITIVE_INFINITY : flags.limit;
  for (let NextToken: string | undefined; left > 0; ) {
    const page = await api.call('ListTrainingJobs', {
      ...filter,
      MaxResults: Math.min(PAGE, left),
      NextToken,
    });
    const { TrainingJobSummaries: summaries = [] } = page;
    // A filter that few pass gives short and empty pages.
    if (summaries.length > 0) yield summaries;
    left -= summaries.length;
    NextToken = page.NextToken;
    if (NextToken === undefined) return;
  }
}

/** A job that is deleted meanwhile is shown as the list knew it. */
async function listed(api: TrainingApi, summary: TrainingJobSummary): Promise<ListedJob> {
  const job = await api
    .call('DescribeTrainingJob', { TrainingJobName: summary.TrainingJobName })
    .catch((error): DescribeTrainingJobResponse | undefined => {
      if (error instanceof Refused) return undefined;
      throw error;
    });
  return { summary, job };
}
