import {
  type CompletedCommand,
  type CompletedOption,
  isAsked,
  type Values,
  withDescendants,
} from './command-tree.ts';

/** The completion of a program for fish. */
export function fishCompletion(program: CompletedCommand): string {
  const lines = withDescendants(program).flatMap((command) => linesOf(command, program.name));
  return `# fish completion of ${program.name}: ${program.name} completion fish | source
function __${program.name}_at
    # The commands among the words so far are these, and none below them.
    set -l path
    set -l known ${withDescendants(program)
      .map(({ path }) => quoted(path))
      .join(' ')}
    for word in (commandline -opc)[2..-1]
        contains -- (string join -- ' ' $path $word) $known; and set -a path $word
    end
    test "$path" = "$argv"
end
function __${program.name}_asked
    set -l current (commandline -ct)
    ${program.name} __complete $argv -- "$current" (commandline -opc)[2..-1] 2> /dev/null
end
complete -c ${program.name} -f
${lines.join('\n')}
`;
}

function linesOf({ path, options, commands, values }: CompletedCommand, program: string): string[] {
  const here = `complete -c ${program} -n ${quoted(`__${program}_at ${path}`.trim())}`;
  return [
    ...commands.map(({ name, description }) => `${here} -a ${quoted(name)} -d ${quoted(description)}`),
    ...options.map((option) => `${here} ${optionWords(option, program)}`),
    ...(commands.length > 0 || values === 'nothing' ? [] : [`${here} ${valueWords(values, program)}`]),
  ];
}

function optionWords({ names, description, values }: CompletedOption, program: string): string {
  const flags = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const value = values === undefined ? [] : ['-r', valueWords(values, program)];
  return [...flags, ...value, `-d ${quoted(description)}`].filter((word) => word !== '').join(' ');
}

function valueWords(values: Values, program: string): string {
  if (values === 'nothing') return '-f';
  if (values === 'files') return '-F';
  const words = isAsked(values) ? `(__${program}_asked ${values})` : values.join(' ');
  return `-f -a ${quoted(words)}`;
}

const quoted = (text: string): string => `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
