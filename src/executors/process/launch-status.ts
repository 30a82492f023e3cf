import { readFileSync } from 'node:fs';
import { z } from 'zod';

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

const document = z.object({
  'child-pid': z.int().optional(),
  'pid-namespace': z.int().optional(),
  started: z.boolean().optional(),
  'exit-code': z.int().min(0).max(255).optional(),
  'launch-error': z.string().optional(),
});

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
  const child = said.find((each) => each['child-pid'] !== undefined);
  const exitCode = said.findLast((each) => each['exit-code'] !== undefined)?.['exit-code'];
  const launchError = said.find((each) => each['launch-error'] !== undefined)?.['launch-error'];
  return {
    started: said.some((each) => each.started),
    ...(child?.['child-pid'] !== undefined && { child: child['child-pid'] }),
    ...(child?.['pid-namespace'] !== undefined && { pidNamespace: child['pid-namespace'] }),
    ...(exitCode !== undefined && { exitCode }),
    ...(launchError !== undefined && { launchError }),
  };
}

function parseLine(line: string): z.infer<typeof document> {
  try {
    return document.parse(JSON.parse(line));
  } catch {
    return {};
  }
}
