import type { JobDetails } from '../../src/web/api/job-details.ts';
import { formatCount, formatMoney } from '../ui/format.ts';

/** What the job cost, by the prices of the configuration. */
export function CostTable({ job: { cost, hasPrices, row } }: { readonly job: JobDetails }) {
  if (!cost) {
    if (row.endedAt === undefined) return <p class="quiet">Billable seconds are known at the end.</p>;
    if (row.billableSeconds === undefined) return <p class="quiet">Nothing is billable: it never started.</p>;
    return (
      <p>
        {formatCount(row.billableSeconds)} billable seconds.{' '}
        <span class="quiet">
          {hasPrices
            ? 'The setting prices.perHour has none for its type.'
            : 'The setting prices.perHour makes them money.'}
        </span>
      </p>
    );
  }
  const money = (value: number) => formatMoney(value, cost.currency);
  return (
    <table>
      <tbody>
        {cost.items.map(({ type, count, perHour }) => (
          <tr key={type}>
            <td>
              {count} × {type}
            </td>
            <td class="number">{money(perHour)} / h</td>
          </tr>
        ))}
        <tr>
          <td>Billable seconds</td>
          <td class="number">{formatCount(cost.billableSeconds)}</td>
        </tr>
        <tr class="sum">
          <th scope="row">Cost</th>
          <td class="number">{money(cost.total)}</td>
        </tr>
      </tbody>
    </table>
  );
}
