import { type CompletedCommand, isAsked, type Values, withDescendants } from './command-tree.ts';

/** The completion of a program for bash 4 and later. */
export function bashCompletion(program: CompletedCommand): string {
  const all = withDescendants(program);
  const paths = all.filter(({ path }) => path !== '').map(({ path }) => `' ${path}'`);
  const values = all.flatMap(({ path, options }) =>
    options.flatMap(({ names, values: each }) =>
      each === undefined
        ? []
        : [
            `    ${names.map((name) => `'${prefixed(path)} ${name}'`).join(' | ')}) ${reply(each, program.name)}; return ;;`,
          ],
    ),
  );
  const commands = all.map(({ path, options, commands: below, values: each }) => {
    const flags = options.flatMap(({ names }) => names).join(' ');
    const others =
      below.length > 0
        ? words(
            below.map(({ name }) => name),
            program.name,
          )
        : reply(each, program.name);
    return `    '${prefixed(path)}') if [[ $current == -* ]]; then ${words([flags], program.name)}; else ${others}; fi ;;`;
  });
  return `# bash completion of ${program.name}: source <(${program.name} completion bash)
_${program.name}_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$current"); }
_${program.name}_files() { compopt -o filenames 2> /dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$current"); }
_${program.name}_asked() {
  _${program.name}_words "$("\${COMP_WORDS[0]}" __complete "$1" -- "$current" "\${COMP_WORDS[@]:1:COMP_CWORD-1}" 2> /dev/null)"
}

_${program.name}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} path= word
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ $word == -- ]]; then _${program.name}_files; return; fi
    case "$path $word" in
    ${paths.join(' | ')}) path="$path $word" ;;
    esac
  done
  case "$path $previous" in
${values.join('\n')}
  esac
  case "$path" in
${commands.join('\n')}
  esac
}
complete -F _${program.name} ${program.name}
`;
}

const prefixed = (path: string): string => (path === '' ? '' : ` ${path}`);

const words = (all: readonly string[], program: string): string => `_${program}_words '${all.join(' ')}'`;

function reply(values: Values, program: string): string {
  if (values === 'nothing') return ':';
  if (isAsked(values)) return `_${program}_asked ${values}`;
  if (values === 'files') return `_${program}_files`;
  return words(values, program);
}
