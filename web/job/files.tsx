import type { JobDetails } from '../../src/web/api/job-details.ts';
import type { JobPlace } from '../../src/web/api/job-objects.ts';
import { bucketPlace, downloadUrl } from '../buckets/s3.ts';
import { Link } from '../router.tsx';
import { ask } from '../server/ask.ts';
import { useLoaded } from '../server/use-loaded.ts';
import { formatBytes, formatTime } from '../ui/format.ts';
import { WhenLoaded } from '../ui/states.tsx';

const TITLES = {
  model: 'Model',
  output: 'Output',
  checkpoints: 'Checkpoints',
  tensorboard: 'TensorBoard',
} as const;

/** What the job left in buckets: its artifacts, checkpoints and TensorBoard files. */
export function Files({ job: { row } }: { readonly job: JobDetails }) {
  const isOver = row.endedAt !== undefined;
  const places = useLoaded(
    (signal) => ask<JobPlace[]>('objects', { job: row.name }, signal),
    [row.name, isOver],
    isOver ? undefined : 3000,
  );
  return (
    <WhenLoaded of={places}>
      {(all) => (
        <>
          {all.map((place) => (
            <section key={place.what}>
              <h2>{TITLES[place.what]}</h2>
              <p>
                <Link to={bucketPlace(place.bucket, folderOf(place))}>
                  <code class="breaks">{place.uri}</code>
                </Link>
              </p>
              <Objects place={place} isOver={isOver} />
            </section>
          ))}
        </>
      )}
    </WhenLoaded>
  );
}

/** The folder that a place is in, or is. */
const folderOf = ({ uri }: JobPlace): string => uri.replace(/^s3:\/\/[^/]+\/?/, '').replace(/[^/]+$/, '');

function Objects({ place, isOver }: { readonly place: JobPlace; readonly isOver: boolean }) {
  const { objects, bucket, hasMore, problem } = place;
  if (problem) return <p class="complaint">{problem}</p>;
  if (objects.length === 0)
    return <p class="quiet">{isOver ? 'Nothing is there.' : 'Nothing is there yet.'}</p>;
  return (
    <table class="listing">
      <thead>
        <tr>
          <th scope="col">Key</th>
          <th scope="col" class="number">
            Size
          </th>
          <th scope="col">Changed</th>
        </tr>
      </thead>
      <tbody>
        {objects.map(({ key, size, modifiedAt }) => (
          <tr key={key}>
            <td class="breaks">
              <a href={downloadUrl(bucket, key)} download="">
                {key}
              </a>
            </td>
            <td class="number">{formatBytes(size)}</td>
            <td class="quiet when">{formatTime(modifiedAt)}</td>
          </tr>
        ))}
        {hasMore && (
          <tr>
            <td colSpan={3} class="quiet">
              … and more: see the bucket.
            </td>
          </tr>
        )}
      </tbody>
    </table>
  );
}
