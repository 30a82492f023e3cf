import type { TrainingApi } from '../../client/training-api.ts';
import { type ObjectLocation, parseS3Uri } from '../../objects/object-storage.ts';
import { artifactUri } from '../../training/artifact-uri.ts';
import { CommandFailed } from '../command.ts';

/** What `cp` copies from or to. */
export type Place =
  | { readonly kind: 'local'; readonly path: string }
  | { readonly kind: 'objects'; readonly location: ObjectLocation; readonly uri: string };

const SHORTHAND = /^job:([^/]+)\/(.*)$/s;

/** The place that a word names: `s3://bucket/key`, `job:JOB/model`, `job:JOB/output`, `job:JOB/checkpoints`, or a path. */
export async function placeOf(word: string, api: TrainingApi): Promise<Place> {
  const [, job, what] = SHORTHAND.exec(word) ?? [];
  if (job !== undefined && what !== undefined) return objectsAt(await uriOfJob(api, job, what));
  if (word.startsWith('job:'))
    throw new CommandFailed(`${word}: job:JOB/model, job:JOB/output or job:JOB/checkpoints.`);
  return word.startsWith('s3://') ? objectsAt(word) : { kind: 'local', path: word };
}

export const objectsAt = (uri: string): Place & { kind: 'objects' } => ({
  kind: 'objects',
  location: parseS3Uri(uri),
  uri,
});

async function uriOfJob(api: TrainingApi, name: string, what: string): Promise<string> {
  const job = await api.call('DescribeTrainingJob', { TrainingJobName: name });
  switch (what) {
    case 'model':
      return job.ModelArtifacts.S3ModelArtifacts;
    case 'output': {
      const { OutputDataConfig, RoleArn = '' } = job;
      if (!OutputDataConfig) throw new CommandFailed(`${name} has no OutputDataConfig.`);
      const isArchive = OutputDataConfig.CompressionType !== 'NONE';
      const request = { TrainingJobName: name, RoleArn, OutputDataConfig };
      return artifactUri(request, isArchive ? 'output.tar.gz' : 'output/');
    }
    case 'checkpoints':
      if (!job.CheckpointConfig) throw new CommandFailed(`${name} has no CheckpointConfig.`);
      return `${job.CheckpointConfig.S3Uri.replace(/\/$/, '')}/`;
    default:
      throw new CommandFailed(`a job has no ${what}: name its model, output or checkpoints.`);
  }
}
