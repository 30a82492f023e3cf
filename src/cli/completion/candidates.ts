import { Refused } from '../../client/training-api.ts';
import { instanceTypeNames } from '../../model/shapes.ts';
import { hostGroups } from '../../training/instance-groups.ts';
import { apiOf, type PlaceFlags } from '../command.ts';
import type { Asked } from './command-tree.ts';

/** As many as a shell lists without asking. */
const MOST_NAMES = 100;
/** Words of a line that are tried as the name of its job. */
const MOST_TRIED = 5;

/** What may stand where `prefix` is typed, behind these words. A shell that completes is told of no failure. */
export async function candidates(
  kind: Asked,
  prefix: string,
  words: readonly string[],
): Promise<readonly string[]> {
  try {
    const all = await FINDERS[kind](prefix, words);
    return all.filter((each) => each.startsWith(prefix));
  } catch {
    // The line that is being typed is the wrong place for a complaint.
    return [];
  }
}

const FINDERS: Readonly<
  Record<Asked, (prefix: string, words: readonly string[]) => Promise<readonly string[]>>
> = {
  jobs: jobNames,
  hosts: (_, words) => hostsOfLine(words),
  'instance-types': async () => instanceTypeNames(),
};

/** The newest first. */
async function jobNames(prefix: string, words: readonly string[]): Promise<string[]> {
  const api = await apiOf(placeIn(words));
  const page = await api.call('ListTrainingJobs', {
    ...{ SortBy: 'CreationTime', SortOrder: 'Descending', MaxResults: MOST_NAMES },
    ...(prefix && { NameContains: prefix }),
  });
  return (page.TrainingJobSummaries ?? []).map(({ TrainingJobName }) => TrainingJobName);
}

/** Those of the job that the line names. */
async function hostsOfLine(words: readonly string[]): Promise<string[]> {
  const api = await apiOf(placeIn(words));
  for (const TrainingJobName of words.filter((word) => !word.startsWith('-')).slice(0, MOST_TRIED)) {
    try {
      const job = await api.call('DescribeTrainingJob', { TrainingJobName });
      return hostGroups(job).flatMap(({ hosts }) => hosts);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
  }
  return [];
}

/** The server that the line names. */
function placeIn(words: readonly string[]): PlaceFlags {
  const after = (option: string) => {
    const at = words.indexOf(option);
    return at === -1 ? undefined : words[at + 1];
  };
  return { dataDir: after('--data-dir'), config: after('--config') };
}
