import { readFileSync } from 'node:fs';

/** What the supervisor has told so far. bubblewrap writes `child-pid` before the program starts and `exit-code` last. */
export interface LaunchStatus {
  /** The program: process 1 of its sandbox. */
  readonly child?: number;
  /** The inode number of the sandbox's PID namespace. */
  readonly pidNamespace?: number;
  readonly started: boolean;
  readonly exitCode?: number;
  /** The launch gave up before there was a supervisor. */
  readonly launchError?: string;
}

export function readStatus(path: string): LaunchStatus {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return { started: false };
  }
  return parseStatus(text);
}

/**
 * The first word on the child counts, which bubblewrap says before the program can say anything, and the last on the end, which
 * it says when the program is gone. A line that is not whole yet, or is no status, says nothing.
 */
export function parseStatus(text: string): LaunchStatus {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const said = whole.split('\n').map(parseLine);
  const child = said.find((each) => each.child !== undefined);
  const exitCode = said.findLast((each) => each.exitCode !== undefined)?.exitCode;
  const launchError = said.find((each) => each.launchError !== undefined)?.launchError;
  return {
    started: said.some((each) => each.started),
    ...(child?.child !== undefined && { child: child.child }),
    ...(child?.pidNamespace !== undefined && { pidNamespace: child.pidNamespace }),
    ...(exitCode !== undefined && { exitCode }),
    ...(launchError !== undefined && { launchError }),
  };
}

/** Read by hand: several lines for each look at each launch. */
function parseLine(line: string): Partial<LaunchStatus> {
  const said = documentIn(line);
  const exitCode = integer(said['exit-code']);
  const launchError = said['launch-error'];
  const [child, pidNamespace] = [integer(said['child-pid']), integer(said['pid-namespace'])];
  return {
    ...(child !== undefined && { child }),
    ...(pidNamespace !== undefined && { pidNamespace }),
    ...(said.started === true && { started: true }),
    ...(exitCode !== undefined && exitCode >= 0 && exitCode <= 255 && { exitCode }),
    ...(typeof launchError === 'string' && { launchError }),
  };
}

function documentIn(line: string): Readonly<Record<string, unknown>> {
  if (line === '') return {};
  try {
    const document: unknown = JSON.parse(line);
    return typeof document === 'object' && document !== null ? { ...document } : {};
  } catch {
    return {};
  }
}

const integer = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
