import type { AlgorithmExit } from '../../executors/runtime.ts';
import { freeSpace, isFull } from '../free-space.ts';
import type { Instance } from '../hook.ts';
import type { AlgorithmEnd } from '../instance-agent.ts';
import { readFailureFile } from './failure-file.ts';
import { readLastWords } from './last-words.ts';

/** Collects how an algorithm ended, once nothing of it runs any more. */
export async function collectEnd(
  instance: Instance,
  exit: AlgorithmExit,
  output: string,
): Promise<AlgorithmEnd> {
  const [failureFile, lastWords, space] = await Promise.all([
    readFailureFile(instance.folder.ml, (line) => instance.say(line)),
    readLastWords(output),
    freeSpace(instance.folder.home),
  ]);
  return { exit, ...(failureFile !== undefined && { failureFile }), lastWords, diskFull: isFull(space) };
}
