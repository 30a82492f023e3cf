import { type Subnet, subnetOf, subnetText } from './subnet.ts';

/** Where the instances of a network reach besides each other: nowhere, this server alone, or wherever the machine does. */
export type Reach = 'none' | 'closed' | 'open';

/** What a network says of itself, to whoever finds it when the server that made it is gone. */
export interface NetworkNote {
  readonly subnet: Subnet;
  readonly reach: Reach;
  /** The ports at which its algorithms were told to find the server, which may be at another one since. */
  readonly told: readonly number[];
}

const REACHES: readonly Reach[] = ['none', 'closed', 'open'];

/** `198.18.16.0/20,open,7117`: one word, for `ip` takes no other. */
export function noteText({ subnet, reach, told }: NetworkNote): string {
  return [subnetText(subnet), reach, ...told].join(',');
}

/** Reads it back. Of a network that says nothing of its reach nothing is known, and nothing is to be mended. */
export function noteOf(text: string): NetworkNote {
  const [subnet = '', reach, ...told] = text.split(',');
  return {
    subnet: subnetOf(subnet),
    reach: REACHES.find((each) => each === reach) ?? 'none',
    told: told.map(Number),
  };
}
