import type { FileHandle } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { type ObjectLocation, ObjectStorageError, type ObjectSummary } from '../object-storage.ts';
import { BrokenAnswer, mayAskAgain } from './broken-answer.ts';
import { FileAppender } from './file-appender.ts';
import { DigestCheck, digestOf } from './integrity.ts';
import { receive, wrongLength } from './receive.ts';
import type { Range, Source } from './source.ts';

/** A try that brought so many bytes was worth it: the next ones are counted anew. */
const PROGRESS_BYTES = 64 * 1024;

/**
 * Brings a range of an object to its place in the file, or to another one. When an answer breaks off, the rest is asked for, from
 * there. A range that is the whole object is checked against what the store says of its bytes.
 */
export async function fetchRange(
  source: Source,
  range: Range,
  file: FileHandle,
  place = range.start,
): Promise<void> {
  const { object, patience, signal, slots } = source;
  const appender = new FileAppender(file, place);
  let done = 0;
  let answered = false;
  let check: DigestCheck | undefined;
  const receiver = (length: number) => ({
    begin(answer: Parameters<typeof digestOf>[1]) {
      answered = true;
      if (length < object.size) return;
      const digest = digestOf(object, answer);
      check = digest && new DigestCheck(digest);
    },
    take(chunk: Buffer) {
      if (done + chunk.length > range.length) throw wrongLength(object);
      check?.update(chunk);
      done += chunk.length;
      return appender.take(chunk);
    },
  });
  const askForRest = async () => {
    const rest = { start: range.start + done, length: range.length - done };
    try {
      await receive(source, rest, receiver(rest.length));
    } finally {
      // Also what came before an answer broke off: it is not asked for again.
      await appender.flush();
    }
    if (done < range.length) throw new BrokenAnswer('the answer was too short');
  };
  for (let tries = 0; ; tries++) {
    const before = done;
    try {
      await slots.run(askForRest, signal);
      break;
    } catch (error) {
      signal?.throwIfAborted();
      if (!mayAskAgain(error)) throw error;
      if (answered && done === range.length) break;
      if (done - before >= PROGRESS_BYTES) tries = 0;
      const wait = patience.waitsMs[tries];
      if (wait === undefined) throw error instanceof BrokenAnswer ? givenUp(object, done, error) : error;
      await delay(wait, undefined, signal ? { signal } : {});
    }
  }
  await check?.finish(object);
}

const givenUp = (object: ObjectLocation & ObjectSummary, done: number, { message }: BrokenAnswer) =>
  new ObjectStorageError('IncompleteBody', `${wrongLength(object).message}: ${message}, after ${done} bytes`);
