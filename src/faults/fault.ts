import { z } from 'zod';
import type { StoredFault } from '../store/faults/faults.ts';

const jobName = z
  .string()
  .regex(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/, 'a job name is 1 to 63 letters, digits and hyphens');
const count = z.number().int().min(1).max(1000);
const seconds = z
  .number()
  .nonnegative()
  .max(366 * 24 * 3600);

/** What strikes a job once per attempt, in so many attempts. */
const sudden = { job: jobName, times: count.default(1) };
/** What strikes in Training, so many seconds after its start. */
const inTraining = { ...sudden, afterSeconds: seconds.default(0) };
/** What goes on for a time, which begins when it first strikes; absent: until it is cleared. Without a job or type: for all jobs. */
const lasting = {
  job: jobName.optional(),
  instanceType: z.string().startsWith('ml.').optional(),
  all: z.literal(true).optional(),
  forSeconds: seconds.positive().optional(),
};

/** A fault as it is asked for. `kind` says what happens. */
const faultSchema = z
  .discriminatedUnion('kind', [
    /** The spot capacity of the job is taken back. */
    z.strictObject({ kind: z.literal('interrupt'), ...inTraining }),
    /** A host is gone at once: everything that runs on it is killed, and what supervises it. */
    z.strictObject({
      kind: z.literal('lose-host'),
      ...inTraining,
      host: z
        .string()
        .regex(/^algo-[1-9]\d*$/, 'a host is algo-1, algo-2, …')
        .default('algo-1'),
    }),
    /** The check of InfraCheckConfig fails. */
    z.strictObject({ kind: z.literal('fail-infra-check'), ...sudden }),
    /** No instance is free for the job. */
    z.strictObject({ kind: z.literal('no-capacity'), ...lasting }),
    /** Each host downloads at most so fast. */
    z.strictObject({ kind: z.literal('slow-download'), ...lasting, bytesPerSecond: z.number().positive() }),
    /** The store takes nothing from the job's hosts. */
    z.strictObject({ kind: z.literal('fail-upload'), ...lasting }),
    /** The store does not answer the job's hosts. */
    z.strictObject({ kind: z.literal('unreachable-store'), ...lasting }),
  ])
  .refine(hasOneTarget, 'name one of job, instanceType and all');

export type Fault = z.infer<typeof faultSchema>;
export type FaultKind = Fault['kind'];
type Lasting = Extract<Fault, { forSeconds?: number | undefined }>;

/** A job as faults look at it. */
export interface FaultSubject {
  readonly jobId: number;
  readonly jobName: string;
  readonly jobArn: string;
  /** The attempt that is under way, or that is about to begin. */
  readonly attempt: number;
  readonly instanceTypes: readonly string[];
}

/** A fault that is not over. */
export interface ActiveFault {
  readonly id: number;
  readonly fault: Fault;
  readonly strikes: number;
  /** When it ends by itself: epoch milliseconds. Absent: it did not strike yet, or goes on until it is cleared. */
  readonly endsAt?: number;
}

function hasOneTarget(fault: object): boolean {
  return ['job', 'instanceType', 'all'].filter((each) => each in fault).length === 1;
}

/** What was asked for can't be understood; the message says why, a line each. */
export class BadFault extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BadFault';
  }
}

/** The fault that a request's body asks for, with its defaults. Throws `BadFault`. */
export function parseFault(body: unknown): Fault {
  const result = faultSchema.safeParse(body);
  if (!result.success) throw new BadFault(z.prettifyError(result.error));
  return result.data;
}

export function activeFault({ id, fault: text, strikes, struckAt }: StoredFault): ActiveFault {
  const fault = JSON.parse(text) as Fault;
  const lasts = isLasting(fault) && fault.forSeconds !== undefined && struckAt !== null;
  return { id, fault, strikes, ...(lasts && { endsAt: struckAt + (fault.forSeconds ?? 0) * 1000 }) };
}

export const isLasting = (fault: Fault): fault is Lasting => !('times' in fault);

/** Whether a fault is meant for a job. Names are told apart as ARNs tell them: without their case. */
export function isMeantFor(fault: Fault, { jobName: name, instanceTypes }: FaultSubject): boolean {
  if (fault.job !== undefined) return fault.job.toLowerCase() === name.toLowerCase();
  if (!isLasting(fault)) return false;
  return fault.instanceType === undefined || instanceTypes.includes(fault.instanceType);
}
