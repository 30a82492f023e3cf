import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type FaultKind, JobFault } from '../../training/fault.ts';

/** A fault on its way between a feeder and an agent, through a file that is there whole or not at all. The first one stays. */
export function writeFault(path: string, fault: JobFault): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, JSON.stringify({ kind: fault.kind, message: fault.message }));
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

export function readFault(path: string): JobFault | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  const { kind, message } = JSON.parse(text) as { kind: FaultKind; message: string };
  return new JobFault(kind, message);
}
