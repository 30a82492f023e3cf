import type { ComponentChildren } from 'preact';
import type { JobDetails } from '../../src/web/api/job-details.ts';
import { bucketPlace } from '../buckets/s3.ts';
import { Link } from '../router.tsx';

/** What the job was given: its channels, hyperparameters, environment, and how it runs. */
export function Configuration({ job: { request } }: { readonly job: JobDetails }) {
  const algorithm = request.AlgorithmSpecification;
  return (
    <div class="columns">
      <section>
        <h2>Hyperparameters</h2>
        <Pairs of={request.HyperParameters} none="None." />
      </section>
      <section>
        <h2>Environment</h2>
        <Pairs of={request.Environment} none="None." />
      </section>
      <section class="whole">
        <h2>Channels</h2>
        <Channels channels={request.InputDataConfig ?? []} />
      </section>
      <section>
        <h2>Algorithm</h2>
        <Pairs
          of={{
            Image: algorithm?.TrainingImage ?? '',
            'Input mode': algorithm?.TrainingInputMode ?? '',
            ...(algorithm?.ContainerEntrypoint && {
              Entrypoint: JSON.stringify(algorithm.ContainerEntrypoint),
            }),
            ...(algorithm?.ContainerArguments && { Arguments: JSON.stringify(algorithm.ContainerArguments) }),
          }}
        />
      </section>
      <section>
        <h2>Metric definitions</h2>
        <Pairs
          of={Object.fromEntries(
            (algorithm?.MetricDefinitions ?? []).map(({ Name, Regex }) => [Name, Regex]),
          )}
          none="None."
        />
      </section>
      <section>
        <h2>Output</h2>
        <Pairs
          of={{
            Artifacts: <Uri uri={request.OutputDataConfig.S3OutputPath} />,
            ...(request.CheckpointConfig && { Checkpoints: <Uri uri={request.CheckpointConfig.S3Uri} /> }),
            ...(request.TensorBoardOutputConfig && {
              TensorBoard: <Uri uri={request.TensorBoardOutputConfig.S3OutputPath} />,
            }),
          }}
        />
      </section>
      <section>
        <h2>Role</h2>
        <p>
          <code class="breaks">{request.RoleArn}</code>
        </p>
      </section>
    </div>
  );
}

interface PairsProps {
  readonly of: Readonly<Record<string, ComponentChildren>> | undefined;
  readonly none?: string;
}

function Pairs({ of = {}, none }: PairsProps) {
  const entries = Object.entries(of);
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

function Channels({
  channels,
}: {
  readonly channels: NonNullable<JobDetails['request']['InputDataConfig']>;
}) {
  if (channels.length === 0) return <p class="quiet">None.</p>;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">From</th>
          <th scope="col">Mode</th>
          <th scope="col">Type</th>
        </tr>
      </thead>
      <tbody>
        {channels.map(({ ChannelName, DataSource, InputMode, ContentType }) => (
          <tr key={ChannelName}>
            <td>{ChannelName}</td>
            <td class="breaks">
              {DataSource.S3DataSource && <Uri uri={DataSource.S3DataSource.S3Uri} />}
              {DataSource.FileSystemDataSource &&
                `${DataSource.FileSystemDataSource.FileSystemId}:${DataSource.FileSystemDataSource.DirectoryPath}`}
            </td>
            <td>{InputMode ?? ''}</td>
            <td>{ContentType ?? ''}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Uri({ uri }: { readonly uri: string }) {
  const [, bucket, key = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(uri) ?? [];
  if (bucket === undefined) return <code>{uri}</code>;
  return (
    <Link to={bucketPlace(bucket, key)}>
      <code>{uri}</code>
    </Link>
  );
}
