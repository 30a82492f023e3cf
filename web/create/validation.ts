import { violations } from '../../src/model/constraints.ts';
import { ServiceError } from '../../src/model/errors.ts';
import type { ShapeName } from '../../src/model/shapes.ts';
import { typed } from '../../src/model/wire-json.ts';

/** What is wrong, in AWS's words, by the place where it is wrong: `inputDataConfig.1.member.channelName`. */
export type Complaints = ReadonlyMap<string, readonly string[]>;

/** A place in AWS's messages. */
const PLACE = /(?:^Value .* at|\(at) '([^']*)'/s;

/** Checks a request as the server does, with the same words. */
export function complaintsOf(name: ShapeName, request: object): Complaints {
  const found = new Map<string, string[]>();
  for (const message of messagesOf(name, request)) {
    const place = placeOf(message);
    found.set(place, [...(found.get(place) ?? []), message]);
  }
  return found;
}

function messagesOf(name: ShapeName, request: object): readonly string[] {
  try {
    return violations(name, typed(name, request));
  } catch (error) {
    if (error instanceof ServiceError) return [error.message];
    throw error;
  }
}

/** A value may hold quotes too: the place is what stands before the last `failed to satisfy`. */
function placeOf(message: string): string {
  const at = message.lastIndexOf("' failed to satisfy constraint");
  if (at < 0) return PLACE.exec(message)?.[1] ?? '';
  return message.slice(message.lastIndexOf(" at '", at) + " at '".length, at);
}

/** What a person may not have got to yet. */
export const isMissing = (message: string): boolean => message.endsWith('Member must not be null');
