import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { TestClock } from '../../clock/test-clock.ts';
import {
  type Script,
  ScriptedDriver,
  type ScriptedMachine,
} from '../../executors/scripted/scripted-driver.ts';
import type { ResourceConfig } from '../../model/types.generated.ts';
import { Database } from '../../store/database.ts';
import { findJob } from '../../store/jobs/find-job.ts';
import { insertJob } from '../../store/jobs/insert-job.ts';
import { jobFacts } from '../../store/jobs/job-facts.ts';
import { apply, type Job } from '../../training/job.ts';
import type { CapacitySettings } from '../capacity/limits.ts';
import type { JobChange } from '../job-run.ts';
import { Orchestrator } from '../orchestrator.ts';

export const GRACE_SECONDS = 120;
export const seconds = (count: number) => count * 1000;

export interface ServiceOptions {
  readonly instances?: number;
  readonly gpus?: readonly number[];
  readonly settings?: CapacitySettings;
  /** By job and host; where there is none, the job's script is the host's. */
  readonly hostScripts?: Record<string, Record<string, Script | readonly Script[]>>;
  /** By job; several are those of its attempts, the last one for all further ones. */
  readonly scripts?: Record<string, Script | readonly Script[]>;
}

/** A service on a scripted machine and a test clock, which can be crashed and started again. */
export function startService(
  context: TestContext,
  { instances = 2, gpus = [], settings, scripts = {}, hostScripts = {} }: ServiceOptions,
) {
  const clock = new TestClock(0);
  const database = new Database(':memory:');
  const machine: ScriptedMachine = {
    clock,
    resources: { instances, gpus },
    script: ({ jobName, attempt, host }) => {
      const [...attempts] = [hostScripts[jobName]?.[host] ?? scripts[jobName] ?? {}].flat();
      return attempts[Math.min(attempt, attempts.length) - 1] ?? {};
    },
    algorithms: new Map(),
    checked: new Map(),
    profiled: new Map(),
    gathered: new Map(),
    flushed: [],
    released: [],
  };
  const logged: string[] = [];
  const begin = (changed = settings) => {
    const orchestrator = new Orchestrator(
      {
        database,
        driver: new ScriptedDriver(machine),
        clock,
        account: '123456789012',
        region: 'us-east-1',
        stopGrace: seconds(GRACE_SECONDS),
        log: (line) => logged.push(line),
      },
      changed,
    );
    orchestrator.recover();
    return orchestrator;
  };
  let orchestrator = begin();
  context.after(() => {
    orchestrator.close();
    database.close();
  });
  return {
    clock,
    machine,
    logged,
    create(
      name: string,
      maxRuntime = 86_400,
      retries = 0,
      {
        spot = false,
        infraCheck = false,
        resources = {},
        onDisk,
        ...limits
      }: {
        spot?: boolean;
        infraCheck?: boolean;
        resources?: ResourceConfig;
        onDisk?: Promise<void>;
        MaxWaitTimeInSeconds?: number;
        MaxPendingTimeInSeconds?: number;
      } = {},
    ) {
      const stored = insertJob(
        database,
        {
          kind: 'JobCreated',
          name,
          arn: name,
          request: {
            TrainingJobName: name,
            RoleArn: 'arn:aws:iam::123456789012:role/trainyard',
            OutputDataConfig: { S3OutputPath: 's3://b/out' },
            ResourceConfig: resources.InstanceGroups
              ? resources
              : { InstanceType: 'ml.m5.large', InstanceCount: 1, ...resources },
            InfraCheckConfig: { EnableInfraCheck: infraCheck },
            StoppingCondition: { MaxRuntimeInSeconds: maxRuntime, ...limits },
            EnableManagedSpotTraining: spot,
            ...(retries > 0 && { RetryStrategy: { MaximumRetryAttempts: retries } }),
          },
        },
        clock.now(),
      );
      assert.ok(stored);
      orchestrator.admit(stored, onDisk);
    },
    stop: (name: string) => orchestrator.requestStop(name),
    change: (name: string, change: JobChange) => orchestrator.change(name, change),
    setKeepAlive: (name: string, keepAlive: number) => orchestrator.setKeepAlive(name, keepAlive),
    delete: (name: string) => orchestrator.delete(name),
    /** With other settings, if they are given. */
    restart(changed?: CapacitySettings) {
      orchestrator.close();
      orchestrator = begin(changed);
    },
    job(name: string): Job {
      const stored = findJob(database, name);
      assert.ok(stored);
      // The projection is nothing but its facts.
      let replayed: Job | undefined;
      for (const { fact, at } of jobFacts(database, stored.id)) replayed = apply(replayed, fact, at);
      assert.deepEqual(stored.job, JSON.parse(JSON.stringify(replayed)));
      return stored.job;
    },
    statuses(name: string) {
      return this.job(name).transitions.map((each) => each.status);
    },
  };
}
