import {
  type CompletedCommand,
  type CompletedOption,
  isAsked,
  type Values,
  withDescendants,
} from './command-tree.ts';

/** The completion of a program for zsh: to be sourced, or a file `_program` in its fpath. */
export function zshCompletion(program: CompletedCommand): string {
  const functions = withDescendants(program).map((command) => functionOf(command, program.name));
  return `#compdef ${program.name}
# zsh completion of ${program.name}: source <(${program.name} completion zsh)
_${program.name}_asked() {
  local -a names
  names=(\${(f)"$(${program.name} __complete "\${@[-1]}" -- "$PREFIX" "\${(@)words[1,CURRENT-1]}" 2> /dev/null)"})
  compadd -a names
}
${functions.join('\n')}
if [[ \${funcstack[1]} == _${program.name} ]]; then
  _${program.name} "$@"
else
  (( \${+functions[compdef]} )) && compdef _${program.name} ${program.name}
fi
`;
}

function functionOf({ path, options, commands, values }: CompletedCommand, program: string): string {
  const specs = options.flatMap((option) => optionSpecs(option, program));
  if (commands.length === 0) {
    const rest = values === 'nothing' ? [] : [quoted(`*:argument:${action(values, program)}`)];
    return `${nameOf(program, path)}() {\n  _arguments ${[...specs, ...rest].join(' \\\n    ')}\n}`;
  }
  const names = commands.map(({ name, description }) => `${name}\\:${evaluated(description)}`);
  const cases = commands.map((each) => `    ${each.name}) ${nameOf(program, each.path)} ;;`);
  return `${nameOf(program, path)}() {
  local context state state_descr line
  typeset -A opt_args
  _arguments -C ${specs.join(' \\\n    ')} \\
    ${quoted(`1:command:((${names.join(' ')}))`)} '*::argument:->rest'
  [[ $state == rest ]] || return 0
  case $line[1] in
${cases.join('\n')}
  esac
}`;
}

const nameOf = (program: string, path: string): string =>
  path === '' ? `_${program}` : `_${program}__${path.replaceAll(/[ -]/g, '_')}`;

function optionSpecs({ names, description, values }: CompletedOption, program: string): string[] {
  const value = values === undefined ? '' : `:value:${action(values, program)}`;
  return names.map((name) => quoted(`*${name}[${escaped(description)}]${value}`));
}

function action(values: Values, program: string): string {
  if (values === 'nothing') return ' ';
  // A leading space: without it _arguments adds options of compadd.
  if (isAsked(values)) return ` _${program}_asked ${values}`;
  if (values === 'files') return '_files';
  return `(${values.join(' ')})`;
}

/** What brackets and colons mean to _arguments. */
const escaped = (text: string): string => text.replaceAll(/[[\]:()\\]/g, '\\$&');

/** What stands between (( and )) is read by the shell once more. */
const evaluated = (text: string): string => text.replaceAll(/[^\p{L}\p{N},_/-]/gu, '\\$&');

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
