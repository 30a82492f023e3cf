import type { FolderTree, TreeEntry } from './folder-tree.ts';

/** What one host of a job left in a folder. */
export interface HostTree {
  /** `algo-1`, `algo-2`, … */
  readonly host: string;
  readonly tree: FolderTree;
}

/**
 * The trees of a job's hosts as the one tree that goes out: folders become one, and where two hosts have anything else of the same
 * name, the host with the lowest number wins (training contract §3.1 leaves it open). What lost, with all that is below it, is
 * remarked.
 */
export function mergeTrees(trees: readonly HostTree[]): FolderTree {
  const merged = new Map<string, { readonly entry: TreeEntry; readonly host: string }>();
  const remarks: string[] = [];
  for (const { host, tree } of [...trees].sort((a, b) => numberOf(a.host) - numberOf(b.host))) {
    remarks.push(...tree.remarks.map((remark) => `${host}: ${remark}`));
    let lost: string | undefined;
    for (const entry of tree.entries) {
      if (lost !== undefined && entry.name.startsWith(`${lost}/`)) continue;
      const first = merged.get(entry.name);
      if (!first) merged.set(entry.name, { entry, host });
      else if (first.entry.kind !== 'directory' || entry.kind !== 'directory') {
        remarks.push(`${entry.name} of ${host} was left out: ${first.host} wrote it too`);
        lost = entry.name;
      }
    }
  }
  return {
    entries: [...merged.values()].map(({ entry }) => entry).sort(inTreeOrder),
    remarks,
    unreadable: trees.reduce((sum, { tree }) => sum + tree.unreadable, 0),
  };
}

const numberOf = (host: string): number => Number(/\d+$/.exec(host)?.[0] ?? 0);

/** By the bytes of the names, each folder before what it holds. */
const inTreeOrder = (a: TreeEntry, b: TreeEntry): number => Buffer.compare(sortKey(a), sortKey(b));

/** No name holds a NUL, so it comes before every other character, as the end of a folder's name must. */
const sortKey = ({ name }: TreeEntry): Buffer => Buffer.from(name.replaceAll('/', '\0'));
