import type { Refused } from '../client/training-api.ts';

/** How the server says that it does not know who asks: the first sentences of AWS's own messages, whose rest is for those who sign by hand. */
const NOT_SIGNED = [
  'The request signature we calculated does not match',
  'The security token included in the request is invalid',
  'The AWS Access Key Id you provided does not exist',
];

/** What a person in a terminal is told of a refusal. */
export function refusalText({ message }: Pick<Refused, 'message'>): string {
  if (!NOT_SIGNED.some((each) => message.startsWith(each))) return message;
  return 'the server does not know this key, or its secret is another one. Take the server\'s own: eval "$(trainyard env)", or name its --data-dir.';
}
