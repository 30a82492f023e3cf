import { Database } from '../src/store/database.ts';
import { appendFact } from '../src/store/jobs/append-fact.ts';
import { insertJob } from '../src/store/jobs/insert-job.ts';

/** Jobs that have ended, put straight into the store: the server would take hours to run them. */
export function fillWithJobs(path: string, jobs: number): void {
  const database = new Database(path);
  database.transaction(() => {
    for (let index = 0; index < jobs; index++) {
      const name = `job-${index}`;
      const arn = `arn:aws:sagemaker:us-east-1:123456789012:training-job/${name}`;
      const request = {
        TrainingJobName: name,
        RoleArn: 'arn:aws:iam::123456789012:role/trainyard',
        OutputDataConfig: { S3OutputPath: 's3://bucket/out' },
      };
      const stored = insertJob(
        database,
        { kind: 'JobCreated', name, arn, request },
        Date.UTC(2026, 0, 1) + index,
      );
      if (stored)
        appendFact(
          database,
          stored,
          { kind: 'JobFailed', reason: 'AlgorithmError: , exit code: 1' },
          Date.now(),
        );
    }
  });
  database.close();
}
