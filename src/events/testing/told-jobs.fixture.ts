import type { TestContext } from 'node:test';
import { Database } from '../../store/database.ts';
import { appendFact } from '../../store/jobs/append-fact.ts';
import { insertJob } from '../../store/jobs/insert-job.ts';
import type { StoredJob } from '../../store/jobs/stored-job.ts';
import type { Fact } from '../../training/facts.ts';

/** The facts of a job that completes after its first one, and the secondary status after each that changes it. */
export const LIFE: readonly Fact[] = [
  { kind: 'InstancesAssigned', attempt: 1, instances: [] },
  { kind: 'DownloadStarted' },
  { kind: 'TrainingStarted' },
  { kind: 'AlgorithmEnded', host: 'algo-1', ending: { exitCode: 0 } },
  { kind: 'UploadStarted' },
  { kind: 'ArtifactsStored' },
  { kind: 'JobCompleted' },
];
export const STATUSES = ['Starting', 'Downloading', 'Training', 'Uploading', 'Completed'];

export function openDatabase(t: TestContext): Database {
  const database = new Database(':memory:');
  t.after(() => database.close());
  return database;
}

export function createJob(database: Database, name: string, at = 0): StoredJob {
  const stored = insertJob(
    database,
    {
      kind: 'JobCreated',
      name,
      arn: `arn:aws:sagemaker:eu-west-1:123456789012:training-job/${name.toLowerCase()}`,
      request: {
        TrainingJobName: name,
        RoleArn: 'arn:aws:iam::123456789012:role/trainyard',
        OutputDataConfig: { S3OutputPath: 's3://bucket/out' },
      },
    },
    at,
  );
  if (!stored) throw new Error(`${name} exists`);
  return stored;
}

/** A job that goes through its whole life at once. */
export function liveThrough(database: Database, name: string, at = 0): StoredJob {
  return LIFE.reduce((stored, fact) => appendFact(database, stored, fact, at), createJob(database, name, at));
}
