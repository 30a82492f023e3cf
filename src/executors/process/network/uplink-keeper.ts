import { namespacePath } from './ip-command.ts';
import { addressOf, declareMade, namespaces, noteOfMade } from './job-namespaces.ts';
import type { NetworkNote } from './network-note.ts';
import { endUplink, type Forward, forwards, openUplink, runningUplinks } from './uplink.ts';
import { endWatches, UplinkWatch } from './uplink-watch.ts';

export interface UplinkKeeperOptions {
  /** Ports of this machine's loopback that algorithms are told of, the server's own first. */
  readonly ports: () => readonly number[];
  readonly log: (line: string) => void;
  /** Works on a network when nobody else does, by its hub. */
  readonly inTurn: (hub: string, work: () => Promise<void>) => Promise<void>;
}

/** How long is waited after an uplink that could not be opened, in milliseconds: twice as long each time, up to the second. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Keeps the uplinks of networks as they are to be: one that ended is opened again, and one that forwards the ports of a server which is at
 * others now is replaced. What an uplink carried when it ended is lost; what comes after it finds its way.
 */
export class UplinkKeeper {
  readonly #options: UplinkKeeperOptions;
  readonly #watches = new Map<string, UplinkWatch>();

  constructor(options: UplinkKeeperOptions) {
    this.#options = options;
  }

  /** From now on, until it is forgotten. */
  keep(hub: string): void {
    if (this.#watches.has(hub)) return;
    endWatches([hub]); // A killed server's.
    this.#watches.set(hub, new UplinkWatch(hub, () => void this.#mendInTurn(hub, FIRST_PAUSE_MS)));
  }

  forget(hub: string): void {
    this.#watches.get(hub)?.close();
    this.#watches.delete(hub);
  }

  close(): void {
    for (const hub of [...this.#watches.keys()]) this.forget(hub);
  }

  /** Sees to the uplinks of a network that another server may have made, and keeps them. In its turn. */
  async takeUp(hub: string): Promise<void> {
    const note = await noteOfMade(hub);
    if (!note || note.reach === 'none') return;
    this.keep(hub);
    await this.#mend(hub, note);
  }

  async #mendInTurn(hub: string, pause: number): Promise<void> {
    try {
      await this.#options.inTurn(hub, async () => {
        const note = this.#watches.has(hub) ? await noteOfMade(hub) : undefined;
        if (note) await this.#mend(hub, note);
      });
    } catch (error) {
      if (!this.#watches.has(hub)) return;
      if (pause === FIRST_PAUSE_MS)
        this.#options.log(`An uplink of ${hub} can't be opened, and is tried again: ${messageOf(error)}.`);
      const next = Math.min(2 * pause, LONGEST_PAUSE_MS);
      setTimeout(() => void this.#mendInTurn(hub, next), pause).unref();
    }
  }

  async #mend(hub: string, note: NetworkNote): Promise<void> {
    const ports = this.#options.ports();
    const told = [...new Set([...note.told, ...ports])];
    if (told.length > note.told.length) await declareMade(hub, { ...note, told });
    const wanted = forwarded(ports, told);
    const running = runningUplinks();
    for (const namespace of namespaces().filter((name) => name.startsWith(`${hub}-`))) {
      const its = running.filter((uplink) => uplink.namespace === namespacePath(namespace));
      if (its.length === 1 && its[0]?.forwards === forwards(wanted)) continue;
      await Promise.all(its.map(endUplink));
      const address = await addressOf(namespace);
      if (address === undefined) continue;
      await openUplink(namespace, { address, ports: wanted, wayOut: note.reach === 'open' });
      const why = its.length === 0 ? 'had ended' : 'forwarded other ports than the server has';
      this.#options.log(`The uplink of ${namespace} ${why}; it is opened again.`);
    }
  }
}

/** What algorithms were told of is found there for ever: where the server was, it is found at its port of now. */
export function forwarded(ports: readonly number[], told: readonly number[]): readonly Forward[] {
  const [server] = ports;
  const before = server === undefined ? [] : told.filter((port) => !ports.includes(port));
  return [
    ...ports.map((port) => ({ inside: port, outside: port })),
    ...before.map((port) => ({ inside: port, outside: server ?? port })),
  ];
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
