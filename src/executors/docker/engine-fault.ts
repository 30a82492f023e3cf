import { RuntimeFault } from '../runtime.ts';

/** The engine answered with an error; its words are the message. */
interface EngineAnswer {
  readonly statusCode: number;
  readonly message: string;
}

const UNREACHABLE = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'EAGAIN']);

/** Whether the engine can't be spoken to now: it is being started anew, or is gone. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error) || answerOf(error)) return false;
  if (/socket hang up/.test(error.message)) return true;
  if (!('code' in error) || !UNREACHABLE.has(String(error.code))) return false;
  // A file that is not there is another matter than a socket that is not.
  return error.code !== 'ENOENT' || ('syscall' in error && error.syscall === 'connect');
}

export const isNotFound = (error: unknown): boolean => answerOf(error)?.statusCode === 404;
/** The container is not in a state for it: it has ended, runs already, or is being removed. */
export const isConflict = (error: unknown): boolean => answerOf(error)?.statusCode === 409;
/** Docker refuses to remove a network that containers are in as forbidden, Podman as a failure of its own. */
export const isInUse = (error: unknown): boolean =>
  answerOf(error)?.statusCode === 403 || /being used|active endpoints/.test(engineWords(error));
/** What is asked for is so already. */
export const isUnchanged = (error: unknown): boolean => answerOf(error)?.statusCode === 304;

/** The engine's words about what it could not do, in one line. */
export function engineWords(error: unknown): string {
  const text = answerOf(error)?.message ?? (error instanceof Error ? error.message : String(error));
  return text
    .replace(/^\(HTTP code \d+\)[^-]*- /, '')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/\.+$/, '');
}

/** Why the engine could not do something, as the fault of whoever can mend it. */
export function engineFault(what: string, error: unknown): RuntimeFault {
  const words = engineWords(error);
  if (isUnreachable(error)) {
    return new RuntimeFault('internal', `${what}: the container engine can't be reached (${words}).`);
  }
  if (/no space left on device|disk quota exceeded/i.test(words)) {
    return new RuntimeFault('internal', `${what}: the container engine's disk is full (${words}).`);
  }
  return new RuntimeFault(isOfTheImage(words) ? 'client' : 'internal', `${what}: ${words}.`);
}

/** What the image itself asks for and does not hold: a user, a working directory. */
function isOfTheImage(words: string): boolean {
  return /unable to find user|no matching entries in passwd|chdir to cwd|workdir|mkdir .*cwd/i.test(words);
}

function answerOf(error: unknown): EngineAnswer | undefined {
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number')
    return undefined;
  const json = 'json' in error ? error.json : undefined;
  const told = typeof json === 'object' && json !== null && 'message' in json ? json.message : undefined;
  return { statusCode: error.statusCode, message: typeof told === 'string' ? told : error.message };
}
