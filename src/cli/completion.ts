import { Argument, type Command } from 'commander';
import { examples } from './command.ts';
import { bashCompletion } from './completion/bash.ts';
import { type Asked, commandTree } from './completion/command-tree.ts';
import { fishCompletion } from './completion/fish.ts';
import { zshCompletion } from './completion/zsh.ts';

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .summary('Print what makes a shell complete')
    .description(
      'Print what makes a shell complete commands, options, and what there is: jobs, hosts, instance types',
    )
    .addArgument(new Argument('<shell>').choices(Object.keys(SHELLS)))
    .addHelpText(
      'after',
      examples(
        'source <(trainyard completion bash)   # in ~/.bashrc',
        'source <(trainyard completion zsh)    # in ~/.zshrc, after compinit',
        'trainyard completion fish > ~/.config/fish/completions/trainyard.fish',
      ),
    )
    .action((shell: keyof typeof SHELLS) => {
      process.stdout.write(SHELLS[shell](commandTree(program)));
    });
  program
    .command('__complete', { hidden: true })
    .argument('<kind>')
    .argument('[words...]', 'what is being typed, and the words before it')
    .action(async (kind: Asked, [prefix = '', ...words]: readonly string[]) => {
      const { candidates } = await import('./completion/candidates.ts');
      for (const each of await candidates(kind, prefix, words)) console.log(each);
    });
}
