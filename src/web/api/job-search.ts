import type { Tag } from '../../store/tags/tags.ts';
import type { Job } from '../../training/job.ts';

/** What a search looks for. All terms must be there; letters' case does not matter. */
export type JobSearch = (job: Job, tags: () => readonly Tag[]) => boolean;

/** A term as it is typed: `word`, `"two words"`, `tag:key=value`, `hp:key=value`. */
const TERM = /(?:(tag|hp):)?(?:"([^"]*)"|(\S+))/gi;

/**
 * Compiles a search: a word is looked for in the name, the tags and the hyperparameters; `tag:` and `hp:` look in those alone, for a key
 * (`hp:lr`) or a key and its value (`hp:lr=0.1`).
 */
export function compileSearch(text: string): JobSearch {
  const terms = [...text.matchAll(TERM)].map(([, where, phrase, word = '']) =>
    termOf(where?.toLowerCase(), (phrase ?? word).toLowerCase()),
  );
  return (job, tags) => terms.every((term) => term(job, tags));
}

function termOf(where: string | undefined, text: string): JobSearch {
  if (where === 'tag') return (_, tags) => hasPair(tagPairs(tags()), text);
  if (where === 'hp') return (job) => hasPair(parameters(job), text);
  return (job, tags) =>
    job.name.toLowerCase().includes(text) ||
    mentions(parameters(job), text) ||
    mentions(tagPairs(tags()), text);
}

type Pairs = readonly (readonly [string, string])[];

const parameters = ({ request }: Job): Pairs => Object.entries(request.HyperParameters ?? {});
const tagPairs = (tags: readonly Tag[]): Pairs => tags.map(({ Key, Value }) => [Key, Value]);

const mentions = (pairs: Pairs, text: string): boolean =>
  pairs.some(([key, value]) => key.toLowerCase().includes(text) || value.toLowerCase().includes(text));

function hasPair(pairs: Pairs, text: string): boolean {
  const [wantedKey = '', ...rest] = text.split('=');
  const wantedValue = rest.length > 0 ? rest.join('=') : undefined;
  return pairs.some(
    ([key, value]) =>
      key.toLowerCase() === wantedKey && (wantedValue === undefined || value.toLowerCase() === wantedValue),
  );
}
