import { z } from 'zod';
import type { StepPoint } from '../../metrics/step-point.ts';

/** What can't be an epoch in seconds any more: it is one in milliseconds. */
const LARGEST_SECONDS = 1e11;

/**
 * A line that the metrics writers of SageMaker's libraries leave (training contract §5.2). They call the iteration by one of two
 * names, and tell times in epoch seconds, some in milliseconds.
 */
const line = z.object({
  MetricName: z.string().min(1).max(255),
  Value: z.number(),
  Timestamp: z.coerce.number().positive(),
  IterationNumber: z.int().min(0).nullish(),
  Step: z.int().min(0).nullish(),
});

/** The point that a line tells; undefined when it tells none. */
export function readMetricLine(text: string): StepPoint | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { success, data } = line.safeParse(value);
  if (!success) return undefined;
  const { Timestamp, IterationNumber, Step } = data;
  const step = IterationNumber ?? Step ?? undefined;
  return {
    name: data.MetricName,
    at: Math.round(Timestamp > LARGEST_SECONDS ? Timestamp : Timestamp * 1000),
    value: data.Value,
    ...(step !== undefined && { step }),
  };
}
