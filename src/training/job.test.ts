import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { billableSeconds, trainingSeconds } from './billing.ts';
import type { Fact, FactKind } from './facts.ts';
import { apply, IllegalTransition, type Job } from './job.ts';
import { hasEnded, lifecycle } from './lifecycle.ts';

const request = {
  TrainingJobName: 'a-job',
  RoleArn: 'arn:aws:iam::123456789012:role/trainyard',
  OutputDataConfig: { S3OutputPath: 's3://bucket/out' },
};

const facts: { readonly [K in FactKind]: Fact } = {
  JobCreated: { kind: 'JobCreated', name: 'a-job', arn: 'arn', request },
  CapacityAwaited: { kind: 'CapacityAwaited' },
  InstancesAssigned: {
    kind: 'InstancesAssigned',
    attempt: 1,
    instances: [{ host: 'algo-1', instanceType: 'ml.m5.large', groupName: 'homogeneousCluster', gpus: [] }],
  },
  InstanceReplaced: { kind: 'InstanceReplaced', host: 'algo-1', gpus: [1], reason: 'its disk is slow' },
  DownloadStarted: { kind: 'DownloadStarted' },
  ImageDownloadStarted: { kind: 'ImageDownloadStarted' },
  TrainingStarted: { kind: 'TrainingStarted' },
  StopRequested: { kind: 'StopRequested', cause: 'Stopped' },
  LateStopRequested: { kind: 'LateStopRequested', cause: 'Stopped' },
  AlgorithmEnded: { kind: 'AlgorithmEnded', host: 'algo-1', ending: { exitCode: 0 } },
  UploadStarted: { kind: 'UploadStarted' },
  ArtifactsStored: { kind: 'ArtifactsStored', model: 's3://bucket/out/a-job/output/model.tar.gz' },
  SessionOpened: { kind: 'SessionOpened', host: 'algo-1', command: ['/bin/sh'] },
  RemoteDebugChanged: { kind: 'RemoteDebugChanged', enabled: true },
  ProfilerChanged: { kind: 'ProfilerChanged', config: { S3OutputPath: 's3://bucket/profile' } },
  Interrupted: { kind: 'Interrupted' },
  AttemptFailed: { kind: 'AttemptFailed', reason: 'InternalServerError: the node was lost' },
  JobCompleted: { kind: 'JobCompleted' },
  JobStopped: { kind: 'JobStopped' },
  WarmPoolAvailable: {
    kind: 'WarmPoolAvailable',
    pool: { first: 1, since: 0 },
    keepAliveSeconds: 60,
  },
  KeepAliveChanged: { kind: 'KeepAliveChanged', seconds: 120 },
  WarmPoolReused: { kind: 'WarmPoolReused', by: 'next' },
  WarmPoolTerminated: { kind: 'WarmPoolTerminated' },
  DeletionRequested: { kind: 'DeletionRequested' },
  JobFailed: { kind: 'JobFailed', reason: 'AlgorithmError: , exit code: 1' },
};

/** Applies facts one second apart, from second 0. */
const live = (...kinds: FactKind[]): Job => {
  let job: Job | undefined;
  for (const [second, kind] of kinds.entries()) job = apply(job, facts[kind], second * 1000);
  assert.ok(job);
  return job;
};

const statuses = (job: Job) => job.transitions.map((each) => each.status);

test('a job that succeeds visits the statuses of the contract (§4.3)', () => {
  const job = live(
    'JobCreated',
    'CapacityAwaited',
    'InstancesAssigned',
    'DownloadStarted',
    'TrainingStarted',
    'AlgorithmEnded',
    'UploadStarted',
    'ArtifactsStored',
    'JobCompleted',
  );
  assert.deepEqual(statuses(job), [
    'Starting',
    'Pending',
    'Downloading',
    'Training',
    'Uploading',
    'Completed',
  ]);
  assert.equal(job.status, 'Completed');
  assert.equal(job.artifacts?.model, 's3://bucket/out/a-job/output/model.tar.gz');
  // A message is rewritten in place: only the last one of a status is kept (§4.2).
  assert.equal(job.transitions[1]?.message, 'Preparing the instances for training');
  assert.equal(job.trainingStartedAt, 3000);
  assert.equal(job.endedAt, 8000);
  assert.equal(trainingSeconds(job), 5);
  assert.equal(billableSeconds(job), 5);
});

test('a job that is stopped while it trains uploads and ends Stopped, without the Stopping seconds (§4.3, §4.4)', () => {
  const job = live(
    'JobCreated',
    'InstancesAssigned',
    'DownloadStarted',
    'TrainingStarted',
    'StopRequested',
    'AlgorithmEnded',
    'UploadStarted',
    'ArtifactsStored',
    'JobStopped',
  );
  assert.deepEqual(statuses(job), [
    'Starting',
    'Downloading',
    'Training',
    'Stopping',
    'Uploading',
    'Stopped',
  ]);
  assert.equal(job.status, 'Stopped');
  assert.equal(trainingSeconds(job), 4);
});

test('a job that never started has no training times (§4.4)', () => {
  const job = live('JobCreated', 'StopRequested', 'JobStopped');
  assert.deepEqual(statuses(job), ['Starting', 'Stopping', 'Stopped']);
  assert.equal(job.trainingStartedAt, undefined);
  assert.equal(trainingSeconds(job), undefined);
});

test('an attempt that was lost begins anew, and only the time on instances counts', () => {
  const job = live(
    ...(['JobCreated', 'InstancesAssigned', 'DownloadStarted', 'TrainingStarted', 'AttemptFailed'] as const),
    ...(['InstancesAssigned', 'DownloadStarted', 'TrainingStarted', 'AlgorithmEnded'] as const),
    ...(['UploadStarted', 'ArtifactsStored', 'JobCompleted'] as const),
  );
  assert.deepEqual(statuses(job), [
    ...[
      'Starting',
      'Downloading',
      'Training',
      'Starting',
      'Downloading',
      'Training',
      'Uploading',
      'Completed',
    ],
  ]);
  assert.equal(job.trainingStartedAt, 2000);
  // 2 to 4 and 6 to 11: the seconds from 4 to 6 were spent on no instance.
  assert.equal(trainingSeconds(job), 7);
});

test('a stop during the upload lets it finish, and the primary status says Stopping', () => {
  const uploading = live(
    'JobCreated',
    'InstancesAssigned',
    'DownloadStarted',
    'TrainingStarted',
    'UploadStarted',
  );
  const late = apply(uploading, facts.LateStopRequested, 9000);
  assert.equal(late.status, 'Stopping');
  assert.equal(late.secondaryStatus, 'Uploading');
  assert.equal(apply(late, facts.JobStopped, 9500).status, 'Stopped');
});

test('no sequence of facts leaves the table: each is applied as it says, or refused', () => {
  const kinds = Object.keys(facts) as FactKind[];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...kinds), { maxLength: 40 }), (sequence) => {
      let job: Job | undefined = live('JobCreated');
      for (const [index, kind] of sequence.entries()) {
        const before: Job = job;
        const allowed = lifecycle[kind].from.includes(before.secondaryStatus);
        try {
          job = apply(before, facts[kind], (index + 1) * 1000);
          assert.ok(allowed, `${kind} was applied in ${before.secondaryStatus}`);
        } catch (error) {
          assert.ok(error instanceof IllegalTransition);
          const onOtherGrounds = kind === 'JobStopped' || poolKinds.has(kind);
          assert.ok(!allowed || onOtherGrounds, `${kind} was refused in ${before.secondaryStatus}`);
        }
        checkInvariants(job, before);
      }
    }),
  );
});

/** They depend on what became of the instances too. */
const poolKinds: ReadonlySet<FactKind> = new Set([
  'WarmPoolAvailable',
  'KeepAliveChanged',
  'WarmPoolReused',
  'WarmPoolTerminated',
]);

function checkInvariants(job: Job, before: Job): void {
  if (hasEnded(before.secondaryStatus)) {
    const { warmPool: _, isDeleting: _1, status: _2, instances: _3, ...rest } = job;
    const { warmPool: __, isDeleting: __1, status: __2, instances: __3, ...restBefore } = before;
    assert.deepEqual(
      rest,
      restBefore,
      'nothing but what becomes of its instances and its name happens after the end',
    );
  }
  assert.equal(job.transitions.at(-1)?.status, job.secondaryStatus);
  for (const [index, each] of job.transitions.entries()) {
    const next = job.transitions[index + 1];
    if (next) assert.equal(each.endedAt, next.startedAt, 'the end of one is the start of the next');
    else assert.equal(each.endedAt !== undefined, hasEnded(each.status));
    assert.ok(each.message.length > 0);
  }
}
