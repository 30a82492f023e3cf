import type { AlgorithmEnd } from '../agent/instance-agent.ts';
import type { AlgorithmEnding } from '../training/facts.ts';
import { failureReason, faultReason, JobFault } from '../training/fault.ts';

/** The signals that end programs most often, by number. */
const signalNames: Readonly<Record<number, string>> = {
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  15: 'SIGTERM',
};

/** What a host's algorithm end means for the job: nothing when it exited with 0, else the reason of the failure. */
export function algorithmEnding(host: string, end: AlgorithmEnd, hosts = 1): AlgorithmEnding {
  const { exit } = end;
  if (exit.kind === 'vanished') return { failureReason: vanishedReason(host, exit.detail), isLost: true };
  if (exit.code === 0) return { exitCode: 0 };
  return { exitCode: exit.code, failureReason: algorithmError(host, end, exit, hosts) };
}

/** What it means for the job that a host could not run its algorithm. */
export function faultEnding(host: string, { kind, message }: JobFault): AlgorithmEnding {
  const failureReason = faultReason(new JobFault(kind, message, host));
  return kind === 'InternalServerError' ? { failureReason, isLost: true } : { failureReason };
}

/** Its supervisor or machine is gone: that is our side's fault, not the algorithm's. */
const vanishedReason = (host: string, detail: string): string =>
  failureReason(
    'InternalServerError',
    `The algorithm on ${host} vanished in Training without an exit code: ${detail}`,
  );

/**
 * `AlgorithmError: <what the algorithm wrote to /opt/ml/output/failure>, exit code: <n>` (training contract §1.6). Where it wrote
 * nothing, SageMaker's text is empty; ours says the host, the cause and the last words, between the same prefix and suffix. In a job of
 * several hosts the failing one is always named.
 */
function algorithmError(
  host: string,
  end: AlgorithmEnd,
  exit: { code: number; outOfMemory: boolean },
  hosts: number,
): string {
  const suffix = `, exit code: ${exit.code}`;
  const cause = namedCause(end, exit);
  if (end.failureFile) {
    const where = hosts > 1 ? ` (on ${host})` : '';
    const told = cause ? `${end.failureFile} (${cause})` : end.failureFile;
    return failureReason('AlgorithmError', told, where + suffix);
  }
  const told = [`The algorithm on ${host} ended in Training`, cause, lastWords(end)]
    .filter(Boolean)
    .join('. ');
  return failureReason('AlgorithmError', told, suffix);
}

function namedCause(end: AlgorithmEnd, exit: { code: number; outOfMemory: boolean }): string {
  if (exit.outOfMemory) return "Out of memory: the instance's memory limit was reached";
  if (end.diskFull) return "Disk full: no space is left on the instance's disk";
  if (exit.code === 127) return 'The command was not found';
  if (exit.code === 126) return 'The command can not be executed';
  if (exit.code > 128)
    return `It was ended by ${signalNames[exit.code - 128] ?? 'signal'} (signal ${exit.code - 128})`;
  return '';
}

const lastWords = (end: AlgorithmEnd): string =>
  end.lastWords ? `Last words: ${end.lastWords}` : 'It wrote no output';
