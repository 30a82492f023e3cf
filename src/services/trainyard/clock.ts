import { z } from 'zod';
import type { Clock } from '../../clock/clock.ts';
import type { TravellingClock } from '../../clock/travelling-clock.ts';
import { ServiceError, validation } from '../../model/errors.ts';
import type { OwnCall } from '../own-service.ts';

/** The clock of the jobs: the machine's, or one that can be advanced. */
export type JobClock =
  | { readonly kind: 'system'; readonly clock: Clock }
  | { readonly kind: 'test'; readonly clock: TravellingClock };

interface ClockContext {
  readonly clock: JobClock;
}

const LONGEST_ADVANCE_SECONDS = 366 * 24 * 3600;

const advanceSchema = z.strictObject({
  advanceSeconds: z.number().positive().max(LONGEST_ADVANCE_SECONDS),
});

/** What time it is for the jobs. */
export function readClock({ clock }: ClockContext) {
  return { kind: clock.kind, now: new Date(clock.clock.now()).toISOString() };
}

/** Moves the time of the jobs on. */
export async function advanceClock(context: ClockContext, { body }: Pick<OwnCall, 'body'>) {
  const { clock } = context;
  if (clock.kind !== 'test') {
    throw new ServiceError(
      'ConflictException',
      'This server goes by the time of its machine, which can not be advanced: start it with --test-clock.',
      409,
    );
  }
  const { success, data, error } = advanceSchema.safeParse(body);
  if (!success) throw validation(z.prettifyError(error));
  await clock.clock.advance(data.advanceSeconds * 1000);
  return readClock(context);
}
