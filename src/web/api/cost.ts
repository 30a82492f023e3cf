import { billableSeconds } from '../../training/billing.ts';
import { hostGroups } from '../../training/instance-groups.ts';
import type { Job } from '../../training/job.ts';
import type { Prices } from '../page-context.ts';

/** What a job costs: its billable seconds, for each instance, at the price of its type. */
export interface Cost {
  readonly currency: string;
  readonly billableSeconds: number;
  /** Per hour, of all instances together. */
  readonly perHour: number;
  readonly total: number;
  readonly items: readonly { readonly type: string; readonly count: number; readonly perHour: number }[];
}

/** Undefined while the job has not ended, and where the operator named no price for a type. */
export function costOf(job: Job, { currency, perHour: prices }: Prices): Cost | undefined {
  const seconds = billableSeconds(job);
  if (seconds === undefined) return undefined;
  const items = hostGroups(job.request).map(({ instanceType: type, hosts }) => ({
    type,
    count: hosts.length,
    perHour: Object.hasOwn(prices, type) ? prices[type] : prices['*'],
  }));
  if (!items.every((item): item is Cost['items'][number] => item.perHour !== undefined)) return undefined;
  const perHour = items.reduce((sum, item) => sum + item.count * item.perHour, 0);
  return { currency, billableSeconds: seconds, perHour, total: (perHour * seconds) / 3600, items };
}
