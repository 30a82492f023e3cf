import type { Command, Option } from 'commander';

/** What the program itself is asked for when it is to be completed: `trainyard __complete jobs -- PREFIX WORDS…`. */
export type Asked = 'jobs' | 'hosts' | 'instance-types';

/** What can be completed behind an option or as an argument. */
export type Values = Asked | 'files' | 'nothing' | readonly string[];

export const isAsked = (values: Values): values is Asked =>
  values === 'jobs' || values === 'hosts' || values === 'instance-types';

export interface CompletedOption {
  /** `-f` and `--follow`. */
  readonly names: readonly string[];
  readonly description: string;
  /** Absent: it takes no value. */
  readonly values?: Values;
}

export interface CompletedCommand {
  /** From the program on, without it: `clock advance`; empty for the program itself. */
  readonly path: string;
  readonly name: string;
  readonly description: string;
  readonly options: readonly CompletedOption[];
  readonly commands: readonly CompletedCommand[];
  readonly values: Values;
}

/** A program's commands and options as commander knows them, so that what is completed is what there is. */
export function commandTree(command: Command, path: readonly string[] = []): CompletedCommand {
  const help = command.createHelp();
  return {
    path: path.join(' '),
    name: command.name(),
    description: firstSentence(command.description()),
    options: help.visibleOptions(command).map(optionOf),
    commands: help
      .visibleCommands(command)
      .filter((each) => each.name() !== 'help')
      .map((each) => commandTree(each, [...path, each.name()])),
    values: argumentValues(command),
  };
}

/** A command and all below it. */
export const withDescendants = (command: CompletedCommand): CompletedCommand[] => [
  command,
  ...command.commands.flatMap(withDescendants),
];

function optionOf(option: Option): CompletedOption {
  const names = [option.short, option.long].filter((name) => name !== undefined);
  const takesValue = option.required || option.optional;
  return {
    names,
    description: firstSentence(option.description),
    ...(takesValue && {
      values: option.argChoices ?? optionValues(option),
    }),
  };
}

/** What an option takes is named in its flags: `--data-dir <folder>`. */
function optionValues({ flags, long }: Option): Values {
  if (long === '--job') return 'jobs';
  if (flags.endsWith('<host>')) return 'hosts';
  if (long === '--instance-type') return 'instance-types';
  return /<(folder|file|name=source)>$/.test(flags) ? 'files' : 'nothing';
}

function argumentValues(command: Command): Values {
  const [first] = command.registeredArguments;
  if (!first) return 'nothing';
  if (first.argChoices) return first.argChoices;
  return /^jobs?$/.test(first.name()) ? 'jobs' : 'files';
}

const firstSentence = (text: string): string => text.split(/[.:;(\n]/, 1)[0]?.trim() ?? '';
