/**
 * What a launch runs before the algorithm where our own program (`launcher/launcher.c`) can't: without a sandbox, and on machines where it
 * does not run. `/bin/sh -c <script> LAUNCHER <run folder> <cgroup>… -- <command>…`, with file descriptor 3 appending to the launch's
 * status file. Everything up to the last command is a builtin of the shell, so it costs a millisecond and there is one process to know of.
 */

/** The launching process's own name: how it is found among all processes. */
export const LAUNCHER = 'trainyard-launch';

/**
 * Only one launch of an instance ever goes on: the one that creates the claim, which says who it is. Then it moves into the
 * instance's cgroups, so that all that follows is in them from its first instruction.
 */
const CLAIM_AND_CONFINE = `
umask 022
read -r boot < /proc/sys/kernel/random/boot_id
read -r self < /proc/self/stat
run=$1
shift
set -C
{ echo "$boot $self" > "$run/claim"; } 2> /dev/null || exit 0
set +C
while [ "$1" != -- ]; do
  { echo $$ > "$1/cgroup.procs"; } 2> /dev/null || { echo '{"launch-error":"cgroup"}' >&3; exit 1; }
  shift
done
shift
`;

/**
 * Becomes bubblewrap, which reads its options from descriptor 4 and writes the child's number and exit code to descriptor 3.
 * Nothing of ours stays beside it: it is the supervisor.
 */
export const LAUNCH_SANDBOX = `${CLAIM_AND_CONFINE}
exec "$@" 4< "$run/options" 5>&3
`;

/** The same for an image without a shell: nothing in it could close descriptor 5 before the program starts. */
export const LAUNCH_SANDBOX_WITHOUT_SHELL = `${CLAIM_AND_CONFINE}
exec "$@" 4< "$run/options"
`;

/** Without a sandbox the shell itself stays as the supervisor and writes what bubblewrap would have written. */
export const LAUNCH_PLAIN = `${CLAIM_AND_CONFINE}
/bin/sh -c 'echo "{\\"child-pid\\":$$,\\"started\\":true}" >&3; exec 3>&- "$@"' sh "$@"
echo "{\\"exit-code\\":$?}" >&3
`;

/**
 * The first program inside a sandbox: says on descriptor 5 that the sandbox stands, lets go of what bubblewrap found at 6
 * (`user-range.ts`), then becomes the command. A missing command ends with 127, one that can't be run with 126, and the shell's
 * line in the log says which.
 */
export const START_COMMAND = `echo '{"started":true}' >&5; exec 5>&- 6<&- "$@"`;
