import type { Channel } from '../../src/model/types.generated.ts';
import { shownValue, Uri } from './pairs.tsx';

/** Where a job's data comes from, and how it gets it. */
export function Channels({ channels }: { readonly channels: readonly Channel[] }) {
  if (channels.length === 0) return <p class="quiet">None.</p>;
  return (
    <div class="scrolled">
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">From</th>
            <th scope="col">Mode</th>
            <th scope="col">Type</th>
            <th scope="col">Further</th>
          </tr>
        </thead>
        <tbody>
          {channels.map((channel) => (
            <tr key={channel.ChannelName}>
              <td>{channel.ChannelName}</td>
              <td class="breaks">
                <Source of={channel.DataSource} />
              </td>
              <td>{channel.InputMode ?? ''}</td>
              <td>{channel.ContentType ?? ''}</td>
              <td class="breaks">{furtherOf(channel)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Source({
  of: { S3DataSource: objects, FileSystemDataSource: files },
}: {
  readonly of: Channel['DataSource'];
}) {
  if (objects) return <Uri uri={objects.S3Uri} />;
  return <>{files && `${files.FileSystemId}:${files.DirectoryPath}`}</>;
}

/** What is not in the other columns, in one line. */
function furtherOf({ ChannelName: _, InputMode: _1, ContentType: _2, DataSource, ...rest }: Channel) {
  const { S3Uri: _3, S3DataType, S3DataDistributionType, ...source } = DataSource.S3DataSource ?? {};
  const unusual = {
    ...(S3DataType !== 'S3Prefix' && { S3DataType }),
    ...(S3DataDistributionType !== 'FullyReplicated' && { S3DataDistributionType }),
    ...source,
    ...rest,
  };
  return Object.entries(unusual)
    .filter(([, value]) => value !== undefined && value !== 'None')
    .map(([name, value]) => (
      <span key={name} class="detail">
        <span class="quiet">{name}</span> {shownValue(value)}
      </span>
    ));
}
