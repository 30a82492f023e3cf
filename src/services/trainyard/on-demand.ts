import { z } from 'zod';
import { BadFault, type Fault, parseFault } from '../../faults/fault.ts';
import { type Faults, refusal } from '../../faults/faults.ts';
import { validation } from '../../model/errors.ts';
import type { Database } from '../../store/database.ts';
import { faultExists, listFaults, type StoredFault, strikesOf } from '../../store/faults/faults.ts';
import { findJob } from '../../store/jobs/find-job.ts';
import { hostGroups } from '../../training/instance-groups.ts';
import type { Job } from '../../training/job.ts';
import { hasEnded } from '../../training/lifecycle.ts';
import type { OwnCall } from '../own-service.ts';
import { trainingJobArn } from '../sagemaker/context.ts';

interface FaultContext {
  readonly account: string;
  readonly region: string;
  readonly database: Database;
  readonly faults: Faults;
}

/** How many faults are shown: the newest. */
const SHOWN = 1000;

const clearSchema = z.union([
  z.strictObject({ all: z.literal(true) }),
  z.strictObject({ ids: z.array(z.number().int()).min(1).max(SHOWN) }),
]);

/** Asks for a fault. One that can't happen to the job, as far as that is known, is refused. */
export function injectFault(context: FaultContext, { body }: Pick<OwnCall, 'body'>) {
  const fault = parsed(body);
  const stored = fault.job === undefined ? undefined : findJob(context.database, arnOf(context, fault.job));
  const why = stored && refusalOf(fault, stored.job);
  if (why !== undefined) throw validation(why);
  return shown(context.database, context.faults.add(fault));
}

/** The faults that were asked for, newest first, and whom they struck. */
export function showFaults({ database }: Pick<FaultContext, 'database'>) {
  return { faults: listFaults(database, SHOWN).map((each) => shown(database, each)) };
}

/** Ends faults: `{"ids": [1]}`, or `{"all": true}`. Tells which it ended, and which numbers no fault has: what is neither was over. */
export function clearFaults(
  { database, faults }: Pick<FaultContext, 'database' | 'faults'>,
  { body }: Pick<OwnCall, 'body'>,
) {
  const { success, data, error } = clearSchema.safeParse(body);
  if (!success) throw validation(z.prettifyError(error));
  if ('all' in data) return { cleared: faults.clear('all'), unknown: [] };
  const ids = [...new Set(data.ids)];
  return { cleared: faults.clear(ids), unknown: ids.filter((id) => !faultExists(database, id)) };
}

function parsed(body: unknown): Fault {
  try {
    return parseFault(body);
  } catch (error) {
    throw error instanceof BadFault ? validation(error.message) : error;
  }
}

function refusalOf(fault: Fault, job: Job): string | undefined {
  if (hasEnded(job.secondaryStatus)) return `The job ${job.name} has ended: nothing can strike it any more.`;
  const { request } = job;
  if (fault.kind === 'fail-infra-check' && !request.InfraCheckConfig?.EnableInfraCheck)
    return `The job ${job.name} has no InfraCheckConfig with EnableInfraCheck: there is no check that could fail.`;
  const isSpot = request.EnableManagedSpotTraining ?? false;
  return refusal(fault, { isSpot, hosts: hostGroups(request).flatMap(({ hosts }) => hosts) });
}

const arnOf = (context: FaultContext, name: string): string => trainingJobArn(context, name);

function shown(database: Database, { id, fault, createdAt, overAt, outcome }: StoredFault) {
  return {
    id,
    fault: JSON.parse(fault) as Fault,
    state: overAt === null ? 'active' : 'over',
    createdAt: iso(createdAt),
    ...(overAt !== null && { overAt: iso(overAt), outcome }),
    strikes: strikesOf(database, id).map(({ job, attempt, at }) => ({ job, attempt, at: iso(at) })),
  };
}

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();
