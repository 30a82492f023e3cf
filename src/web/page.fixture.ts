import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { TestClock } from '../clock/test-clock.ts';
import { ACCOUNT, OWNER_ARN, REGION, startEndpoint } from '../endpoint/test-endpoint.ts';
import { EventLog } from '../events/event-log.ts';
import { LogStreams } from '../logs/log-streams.ts';
import type { CreateTrainingJobRequest } from '../model/types.generated.ts';
import type { ObjectStorage } from '../objects/object-storage.ts';
import type { Operation } from '../services/service.ts';
import { Database } from '../store/database.ts';
import { insertJob } from '../store/jobs/insert-job.ts';
import { putTags } from '../store/tags/tags.ts';
import type { PageContext } from './page-context.ts';
import { createPages } from './pages.ts';
import { SignIn } from './sign-in.ts';
import { PageUploads } from './uploads.ts';

export const OWNER_KEY = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a-secret-of-the-owner' };
const JOB_KEY = { accessKeyId: 'ASIAJOB', secretAccessKey: 'a-secret-of-a-job' };

export interface JobOptions {
  readonly tags?: Readonly<Record<string, string>>;
  readonly request?: Partial<CreateTrainingJobRequest>;
}

/** What the page's endpoints stand on, over an empty database. */
export function pageContext(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-page-'));
  const database = new Database(':memory:');
  const clock = new TestClock(Date.now());
  const events = new EventLog({ database, clock, retention: 1000, log: () => {} });
  const closing = new AbortController();
  const logs = new LogStreams(join(folder, 'logs'), database, clock);
  mkdirSync(logs.folder);
  t.after(() => {
    events.close();
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const context: PageContext = {
    ...{ account: ACCOUNT, region: REGION, database, clock, systemClock: clock, events, logs },
    storage: { async *list() {} } as unknown as ObjectStorage,
    prices: { currency: 'USD', perHour: {} },
    closing: closing.signal,
    capacity: () => ({ limits: [], holders: [], waiting: [] }),
  };
  const addJob = (name: string, { tags = {}, request = {} }: JobOptions = {}) => {
    const arn = `arn:aws:sagemaker:${REGION}:${ACCOUNT}:training-job/${name}`;
    const stored = insertJob(
      database,
      {
        ...{ kind: 'JobCreated', name, arn },
        request: {
          ...{ TrainingJobName: name, RoleArn: 'role', OutputDataConfig: { S3OutputPath: 's3://b/o' } },
          ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
          ...request,
        },
      },
      clock.now(),
    );
    putTags(
      database,
      arn,
      Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    );
    return stored;
  };
  return { context, database, clock, logs, addJob, closing };
}

/** The page on a port of its own. */
export async function startPage(t: TestContext, operations: Readonly<Record<string, Operation>> = {}) {
  const base = pageContext(t);
  const credentials = {
    find: (id: string) =>
      id === OWNER_KEY.accessKeyId
        ? { ...OWNER_KEY, callerArn: OWNER_ARN }
        : id === JOB_KEY.accessKeyId
          ? { ...JOB_KEY, callerArn: `arn:aws:sts::${ACCOUNT}:assumed-role/Training/SageMaker` }
          : undefined,
  };
  const signIn = new SignIn({ ...base, credentials, account: ACCOUNT });
  const started = await startEndpoint(t, { operations });
  const pages = createPages(
    {
      ...{ signIn, serverId: 'a', accessKeyId: OWNER_KEY.accessKeyId, context: base.context },
      services: { sagemaker: { operations: new Map(Object.entries(operations)) } },
      objects: started.objects,
      uploads: new PageUploads({ ...base, end: async () => {}, log: () => {} }),
      log: () => {},
    },
    { script: 'page.js', style: 'page.css', files: new Map() },
  );
  const { url } = await startEndpoint(t, { operations, pages, objects: started.objects });
  return { ...base, url, signIn, objects: started.objects, jobKey: JOB_KEY };
}
