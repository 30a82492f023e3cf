import { readFileSync } from 'node:fs';

/** A range of ids of this machine that nobody else has: the users and groups of a sandbox, but for its root, are ids of it. */
export interface UserRange {
  /** The program `unshare`. */
  readonly unshare: string;
  /** The id that stands for user 0, were that not the server's own. */
  readonly first: number;
}

/** As many as an image may name: 0 to 65535. */
const IDS = 65_536;
/** Above what distributions give to people, to containers of theirs and to subordinate users. */
const USUAL_FIRST = 0x7000_0000;

/**
 * What root may do in a sandbox that has a range of users: be any of them, own their files, and lock a program into a folder. It is said
 * of ids of the range and of namespaces that are the sandbox's, and of nothing else. Of what Docker gives to root, two are withheld,
 * as this root is root of the machine to all that asks who one is: `CAP_SETFCAP`, for the machine would believe the capabilities of its files;
 * and `CAP_DAC_OVERRIDE`, which would open for it what even its owner may not read or write. The others mean nothing here.
 */
export const CAPABILITIES = [
  ...['CAP_CHOWN', 'CAP_FOWNER', 'CAP_FSETID', 'CAP_KILL'],
  ...['CAP_SETGID', 'CAP_SETUID', 'CAP_SETPCAP', 'CAP_SYS_CHROOT'],
] as const;

/** The descriptor by which bubblewrap is given the namespace. The first program in the sandbox closes it. */
export const USERS_DESCRIPTOR = 6;

/**
 * Makes a user namespace and becomes the program that follows, which finds it at the descriptor. Somebody has to be in the namespace until it
 * has its ids, which only we can give it from outside; who that is also forbids further namespaces of users in it.
 */
const MAKE_USERS = `
holder=$({ "$1" --user --keep-caps -- /bin/sh -c \\
  'echo 0 > /proc/sys/user/max_user_namespaces && echo $$ && exec sleep 9 >&-' & })
for kind in gid uid; do
  printf '0 0 1\\n1 %s ${IDS - 1}\\n' "$2" > "/proc/$holder/\${kind}_map" || { echo '{"launch-error":"users"}' >&3; exit 1; }
done
exec ${USERS_DESCRIPTOR}< "/proc/$holder/ns/user"
kill -9 "$holder"
shift 2
exec "$@"
`;

/** What a program is started through to find a user namespace with that range at its descriptor. Takes root. */
export function userRangeCommand({ unshare, first }: UserRange): readonly string[] {
  return ['/bin/sh', '-c', MAKE_USERS, 'sh', unshare, String(first + 1)];
}

/** The first id of a range that this machine, or the container that we are in, can give; undefined where there are too few. */
export function firstOfRange(maps: readonly string[] = [uidMap(), gidMap()]): number | undefined {
  const has = (first: number) =>
    maps.every((map) => extentsOf(map).some(([from, to]) => from <= first && first + IDS <= to));
  // In a container the last ids that it was given.
  const [own = ''] = maps;
  const others = extentsOf(own).map(([, to]) => to - IDS);
  return [USUAL_FIRST, ...others].find((first) => first >= IDS && has(first));
}

/** The ids that there are, as the first and the one after the last of each extent. */
function extentsOf(map: string): readonly (readonly [number, number])[] {
  return map
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [from = 0, , count = 0] = line.trim().split(/\s+/).map(Number);
      return [from, from + count];
    });
}

const uidMap = (): string => readFileSync('/proc/self/uid_map', 'utf8');
const gidMap = (): string => readFileSync('/proc/self/gid_map', 'utf8');
