import type { ComponentChildren } from 'preact';
import { bucketPlace } from '../buckets/s3.ts';
import { Link } from '../router.tsx';

interface PairsProps {
  readonly of: Readonly<Record<string, ComponentChildren>> | undefined;
  readonly none?: string;
}

/** Names and what they are. Those that are undefined or empty are left out. */
export function Pairs({ of = {}, none = 'None.' }: PairsProps) {
  const entries = Object.entries(of).filter(([, value]) => value !== undefined && value !== '');
  if (entries.length === 0) return <p class="quiet">{none}</p>;
  return (
    <dl>
      {entries.map(([name, value]) => (
        <>
          <dt key={name}>{name}</dt>
          <dd class="breaks">{value}</dd>
        </>
      ))}
    </dl>
  );
}

/** A value of a request, as one reads it: places lead there, structures are JSON. */
export function shownValue(value: unknown): ComponentChildren {
  if (value === undefined) return undefined;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return value.startsWith('s3://') ? <Uri uri={value} /> : value;
  if (typeof value === 'number') return String(value);
  return <code>{JSON.stringify(value)}</code>;
}

/** The members of a structure, each under its own name. */
export const membersOf = (structure: object | undefined): Record<string, ComponentChildren> =>
  Object.fromEntries(Object.entries(structure ?? {}).map(([name, value]) => [name, shownValue(value)]));

/** A place in a bucket. */
export function Uri({ uri }: { readonly uri: string }) {
  const [, bucket, key = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(uri) ?? [];
  if (bucket === undefined) return <code>{uri}</code>;
  return (
    <Link to={bucketPlace(bucket, key)}>
      <code>{uri}</code>
    </Link>
  );
}
