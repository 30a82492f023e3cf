import { argumentsOf, runningProcess } from '../../executors/process/process-table.ts';

/** Whose child each process is, and what it was started with. */
export interface ProcessTree {
  parentOf(pid: number): number | undefined;
  argumentsOf(pid: number): readonly string[];
}

/** The processes of this machine; where there is no /proc, none are known. */
export const machineTree: ProcessTree = {
  parentOf: (pid) => (pid === process.pid ? process.ppid : runningProcess(pid)?.parent),
  argumentsOf,
};

/** The processes from one up to the npm that waits for it, each the child of the next. */
export type NpmChain = readonly number[];

const INIT = 1;
/** A parent that nobody has: that of a process whose npm was gone before it looked. */
const NOBODY = 0;

/**
 * The chain of a process that npm waits for, as that of `npx trainyard serve` or `npm run serve`; undefined where npm did not start it,
 * or where the script put it into the background. npm tells its shell alone of a SIGTERM, and many a shell dies of it without telling anybody.
 */
export function npmChainOf(
  pid: number,
  { npm_lifecycle_script: script }: Readonly<Record<string, string | undefined>>,
  tree: ProcessTree = machineTree,
): NpmChain | undefined {
  if (script === undefined || hasBackground(script)) return undefined;
  const chain = [pid];
  let above = tree.parentOf(pid);
  if (above !== undefined && isLauncher(tree.argumentsOf(above))) {
    chain.push(above);
    above = tree.parentOf(above);
  }
  if (above === undefined) return undefined;
  const words = tree.argumentsOf(above);
  if (isNpm(words)) return [...chain, above];
  if (isShellOf(script, words)) return [...chain, above, tree.parentOf(above) ?? NOBODY];
  return above === INIT && isOurs(script) ? [...chain, NOBODY] : undefined;
}

/** Whether each is still the child of the next: a process whose parent ends becomes another one's. */
export const isWhole = (chain: NpmChain, tree: ProcessTree = machineTree): boolean =>
  chain.slice(1).every((parent, at) => tree.parentOf(chain[at] ?? NOBODY) === parent);

/** Whether a shell does not wait for something of the script: `&`, but neither `&&`, `2>&1` nor `&>`. */
const hasBackground = (script: string): boolean => script.replace(/&&|[<>]&|&>/g, '').includes('&');

/** `bin/trainyard.js` under an older Node.js, which started the right one. */
const isLauncher = ([, program = '']: readonly string[]): boolean => /(^|\/)trainyard(\.js)?$/.test(program);

/** npm shows what it does as its command line: `npm exec trainyard serve`. */
const isNpm = ([title = '']: readonly string[]): boolean => /^np[mx]( |$)/.test(title);

/** The script's arguments follow it in the same word. */
const isShellOf = (script: string, [, option, ...rest]: readonly string[]): boolean =>
  option === '-c' && (rest[0] === '--' ? rest[1] : rest[0])?.startsWith(script) === true;

/** What npx runs is the name of the command alone. */
const isOurs = (script: string): boolean => /^(['"]?)trainyard\1$/.test(script);
