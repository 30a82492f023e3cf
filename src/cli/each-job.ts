import { Refused } from '../client/training-api.ts';
import { CommandFailed } from './command.ts';
import { refusalText } from './refusal-text.ts';

/** Does something to each job, also where another one refuses. Resolves with those it was done to; `finish` then tells of the others. */
export async function eachJob(
  jobs: readonly string[],
  work: (job: string) => Promise<void>,
): Promise<{ readonly done: readonly string[]; finish(): void }> {
  const done: string[] = [];
  const complaints: string[] = [];
  for (const job of jobs) {
    try {
      await work(job);
      done.push(job);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const why = refusalText(error);
      complaints.push(why.includes(job) ? why : `${job}: ${why}`);
    }
  }
  return {
    done,
    finish() {
      if (complaints.length > 0) throw new CommandFailed(complaints.join('\ntrainyard: '));
    },
  };
}
