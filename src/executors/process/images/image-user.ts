import { RuntimeFault } from '../../runtime.ts';
import { readInImage } from './in-root.ts';

/** Who an image's programs run as, as they see it themselves. */
export interface ImageUser {
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

interface Account extends ImageUser {
  readonly name: string;
}

/** Larger ones are no numbers of users to the kernel. */
const HIGHEST_ID = 2 ** 32 - 2;

/**
 * The user that `USER` of an image names, as Docker finds it: by name or number, with a group or with the one of its account.
 * Nothing is root. Throws a fault of the client's when the image has no such user.
 */
export function imageUser(root: string, user: string): ImageUser {
  const [wanted = '', group] = user.split(':');
  const account = findAccount(root, wanted === '' ? '0' : wanted);
  const gid = group === undefined || group === '' ? account.gid : findGroup(root, group);
  return { uid: account.uid, gid, home: account.home };
}

function findAccount(root: string, wanted: string): ImageUser {
  const accounts = lines(root, '/etc/passwd').map(accountOf);
  const number = idOf(wanted);
  const account = accounts.find(({ name }) => name === wanted) ?? accounts.find(({ uid }) => uid === number);
  if (account) return account;
  if (number === undefined) throw unknown('user', wanted, '/etc/passwd');
  return { uid: number, gid: 0, home: number === 0 ? '/root' : '/' };
}

function findGroup(root: string, wanted: string): number {
  const entry = lines(root, '/etc/group').find(([name]) => name === wanted);
  const id = idOf(entry?.[2] ?? wanted);
  if (id === undefined) throw unknown('group', wanted, '/etc/group');
  return id;
}

function accountOf([name = '', , uid = '', gid = '', , home = '']: readonly string[]): Account {
  return { name, uid: idOf(uid) ?? -1, gid: idOf(gid) ?? 0, home: home.startsWith('/') ? home : '/' };
}

function idOf(text: string): number | undefined {
  const id = /^\d{1,10}$/.test(text) ? Number(text) : undefined;
  return id !== undefined && id <= HIGHEST_ID ? id : undefined;
}

function lines(root: string, path: string): readonly (readonly string[])[] {
  return (readInImage(root, path) ?? '').split('\n').map((line) => line.split(':'));
}

function unknown(what: string, name: string, file: string): RuntimeFault {
  return new RuntimeFault('client', `The image's ${what} "${name}" is not in its ${file}.`);
}
