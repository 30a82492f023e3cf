import { Argument, type Command } from 'commander';
import { addPlaceOptions, apiOf, examples, type PlaceFlags } from './command.ts';
import { bashCompletion } from './completion/bash.ts';
import { commandTree } from './completion/command-tree.ts';
import { fishCompletion } from './completion/fish.ts';
import { zshCompletion } from './completion/zsh.ts';

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

/** As many as a shell lists without asking. */
const MOST_NAMES = 100;

export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .description('Print what makes a shell complete commands, options and the names of jobs')
    .addArgument(new Argument('<shell>').choices(Object.keys(SHELLS)))
    .addHelpText(
      'after',
      examples(
        'source <(trainyard completion bash)                                  # in ~/.bashrc',
        'source <(trainyard completion zsh)                                   # in ~/.zshrc, after compinit',
        'trainyard completion fish > ~/.config/fish/completions/trainyard.fish',
      ),
    )
    .action((shell: keyof typeof SHELLS) => {
      process.stdout.write(SHELLS[shell](commandTree(program)));
    });
  addPlaceOptions(program.command('__complete', { hidden: true }))
    .argument('<kind>')
    .argument('[prefix]', '', '')
    .action(completeNames);
}

/** The names of jobs that begin so, the newest first. A shell that completes is told of no failure. */
async function completeNames(kind: string, prefix: string, flags: PlaceFlags): Promise<void> {
  if (kind !== 'jobs') return;
  try {
    const api = await apiOf(flags);
    const page = await api.call('ListTrainingJobs', {
      ...{ SortBy: 'CreationTime', SortOrder: 'Descending', MaxResults: MOST_NAMES },
      ...(prefix && { NameContains: prefix }),
    });
    for (const { TrainingJobName: name } of page.TrainingJobSummaries ?? [])
      if (name.startsWith(prefix)) console.log(name);
  } catch {
    // The line that is being typed is the wrong place for a complaint.
  }
}
