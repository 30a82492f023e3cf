import { useState } from 'preact/hooks';
import type { HostUsage } from '../../src/web/api/instance-usage.ts';
import { formatBytes, formatPercent } from '../ui/format.ts';

interface HostsProps {
  readonly hosts: readonly HostUsage[];
  /** Those with charts; undefined where all have them. */
  readonly charted: readonly string[] | undefined;
  readonly choose: (hosts: readonly string[]) => void;
}

const ORDERS: Readonly<Record<string, (one: HostUsage, other: HostUsage) => number>> = {
  'By number': () => 0,
  'Least CPU first': (one, other) => (one.last?.cpu ?? 0) - (other.last?.cpu ?? 0),
  'Most CPU first': (one, other) => (other.last?.cpu ?? 0) - (one.last?.cpu ?? 0),
  'Most memory first': (one, other) => (other.last?.memory ?? 0) - (one.last?.memory ?? 0),
};

/** The hosts of a job, and what each used last. Where there are many, one chooses whose charts are drawn. */
export function Hosts({ hosts, charted, choose }: HostsProps) {
  const [order, setOrder] = useState('By number');
  const hasGpus = hosts.some(({ gpus = 0 }) => gpus > 0);
  const sorted = [...hosts].sort(ORDERS[order] ?? (() => 0));
  return (
    <>
      {charted && (
        <div class="bar">
          <span class="quiet">
            {hosts.length} hosts, the charts of {charted.length}
          </span>
          <span class="space" />
          <label>
            <span class="hidden">Order of the hosts</span>
            <select value={order} onChange={(event) => setOrder(event.currentTarget.value)}>
              {Object.keys(ORDERS).map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
        </div>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: whatever scrolls is reached by the keyboard */}
      <section class="hosts" aria-label="Hosts" tabIndex={0}>
        <table>
          <thead>
            <tr>
              {charted && (
                <th scope="col">
                  <span class="hidden">In the charts</span>
                </th>
              )}
              <th scope="col">Host</th>
              <th scope="col">Type</th>
              <Figure name="vCPUs" />
              <Figure name="CPU now" />
              <Figure name="Memory" />
              <Figure name="In use" />
              {hasGpus && <Figure name="GPUs" />}
              {hasGpus && <Figure name="GPU now" />}
            </tr>
          </thead>
          <tbody>
            {sorted.map((each) => (
              <Host key={each.host} of={each} hasGpus={hasGpus} {...(charted && { charted, choose })} />
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

const Figure = ({ name }: { readonly name: string }) => (
  <th scope="col" class="number">
    {name}
  </th>
);

interface HostProps {
  readonly of: HostUsage;
  readonly hasGpus: boolean;
  readonly charted?: readonly string[];
  readonly choose?: (hosts: readonly string[]) => void;
}

/** More lines in a chart tell nobody apart. */
const MOST = 8;

function Host({
  of: { host, instanceType, vcpus, memoryBytes, gpus, last },
  hasGpus,
  charted,
  choose,
}: HostProps) {
  const isCharted = charted?.includes(host) ?? true;
  const change = (chosen: boolean) =>
    choose?.(
      chosen ? [...(charted ?? []), host].slice(-MOST) : (charted ?? []).filter((each) => each !== host),
    );
  return (
    <tr>
      {charted && (
        <td>
          <input
            type="checkbox"
            aria-label={`Charts of ${host}`}
            checked={isCharted}
            disabled={isCharted && charted.length === 1}
            onChange={(event) => change(event.currentTarget.checked)}
          />
        </td>
      )}
      <td>{host}</td>
      <td>{instanceType}</td>
      <td class="number">{vcpus}</td>
      <td class="number">{last?.cpu === undefined ? '–' : formatPercent(last.cpu)}</td>
      <td class="number">{memoryBytes === undefined ? '' : formatBytes(memoryBytes)}</td>
      <td class="number">{last?.memory === undefined ? '–' : formatPercent(last.memory)}</td>
      {hasGpus && <td class="number">{gpus}</td>}
      {hasGpus && <td class="number">{last?.gpu === undefined ? '–' : formatPercent(last.gpu)}</td>}
    </tr>
  );
}
