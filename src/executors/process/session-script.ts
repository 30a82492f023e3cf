/**
 * What a session runs before its command. The first part runs outside of the sandbox, as us and in our own environment; the rest
 * in the sandbox, as the algorithm.
 */

/**
 * `/bin/sh -c <script> sh <cgroup>… -- <command>…`: joins the instance's cgroups, so that its limits hold for the session too. Beside it
 * waits a process for a line on descriptor 5, whose other end the server has alone: it says that the command has ended. Without one,
 * the server is gone, and the session goes with it. As the last of the group that it kills, the process also keeps the group's number
 * from being anybody else's.
 */
export const BEGIN_SESSION = `
( read -r over || kill -9 -$$ ) <&5 >/dev/null 2>&1 3<&- 4>&- 5<&- &
exec 5<&-
while [ "$1" != -- ]; do
  echo $$ > "$1/cgroup.procs" || exit 125
  shift
done
shift
exec "$@"
`;

/** `/bin/sh -c <script> sh <command>…`: takes the environment from descriptor 3. */
export const RUN_COMMAND = `
eval "$(cat <&3)"
exec 3<&- 4>&-
exec "$@"
`;

/** The same with a terminal of its own, whose name it tells on descriptor 4. `$1` is the command as text for a shell. */
export const RUN_IN_TERMINAL = `
eval "$(cat <&3)"
exec 3<&-
SHELL=/bin/sh exec script -qefc "tty >&4; exec 4>&-; stty rows $TRAINYARD_ROWS cols $TRAINYARD_COLUMNS; unset TRAINYARD_ROWS TRAINYARD_COLUMNS; $1" /dev/null
`;

/** A word as a shell reads it back. */
export const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** Lines that set variables in a shell. What has no name that a shell can set is left out. */
export function exportLines(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .filter(([name]) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    .map(([name, value]) => `export ${name}=${quoted(value)}\n`)
    .join('');
}
