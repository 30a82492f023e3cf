import type { S3Call } from './call.ts';
import { invalidArgument, S3Error } from './errors.ts';

/** S3 user guide, "Categorizing your objects using tags". */
const MOST_TAGS = 10;
const LONGEST_NAME = 128;
const LONGEST_VALUE = 256;

/** `x-amz-tagging` as it came, once it is known to be a tag set. */
export function requestedTagging(call: S3Call): string | undefined {
  const tagging = call.header('x-amz-tagging');
  if (tagging === undefined) return undefined;
  const tags = tagsOf(tagging);
  if (tags.length > MOST_TAGS) {
    throw new S3Error('BadRequest', 400, `Object tags cannot be greater than ${MOST_TAGS}`);
  }
  if (new Set(tags.map(([name]) => name)).size < tags.length) {
    throw invalidArgument('x-amz-tagging', tagging, 'Cannot provide multiple Tags with the same key');
  }
  for (const [name, value] of tags) {
    if (name === '' || name.length > LONGEST_NAME)
      throw invalidTag('The TagKey you have provided is invalid');
    if (value.length > LONGEST_VALUE) throw invalidTag('The TagValue you have provided is invalid');
  }
  return tagging;
}

const invalidTag = (message: string) => new S3Error('InvalidTag', 400, message);

export const tagsOf = (tagging: string): [name: string, value: string][] => [
  ...new URLSearchParams(tagging).entries(),
];
