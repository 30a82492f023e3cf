import { existsSync, linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootId } from '../../executors/process/process-table.ts';
import { JobFault } from '../../training/fault.ts';
import { writeFault } from './fault-file.ts';
import { feedChannel } from './feed-channel.ts';
import { type PipeFolder, pipeFolderAt } from './pipe-folder.ts';
import { readPlan } from './pipe-plan.ts';
import { Spool } from './spool.ts';

/** How often it looks whether it is still wanted. */
const LOOK_MS = 2000;

/**
 * The feeder of an instance: `<its pipe folder> <the folder seen as /opt/ml>`. A process of its own, which outlives the server. It
 * goes on until it is killed, or until its folder is gone.
 */
async function feed(folder: PipeFolder, ml: string): Promise<void> {
  const spool = new Spool(folder.spool);
  const log = (line: string) => console.error(line);
  const plans = await Promise.all(
    readdirSync(folder.plans).map((name) => readPlan(join(folder.plans, name))),
  );
  await Promise.all(plans.map((plan) => feedChannel(plan, { folder, ml, spool, log })));
}

/** Whether this feeder is the one: it has signed the claim, and nobody did before. */
function claims(folder: PipeFolder): boolean {
  const draft = `${folder.claim}.${process.pid}`;
  try {
    writeFileSync(draft, `${bootId()} ${readFileSync('/proc/self/stat', 'utf8')}`);
    linkSync(draft, folder.claim);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EEXIST' || code === 'ENOENT') return false; // Another one feeds, or the instance is gone.
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Its readers go on waiting: they must not take it for the end of an epoch. */
function report(folder: PipeFolder, error: unknown): void {
  console.error(error);
  const fault =
    error instanceof JobFault
      ? error
      : new JobFault('InternalServerError', `the feeder of the channels failed: ${error}`);
  writeFault(folder.fault, fault);
}

const [path, ml] = process.argv.slice(2);
if (path !== undefined && ml !== undefined) {
  const folder = pipeFolderAt(path);
  if (claims(folder)) {
    // Killed, for an orderly exit would wait for writes that wait for readers.
    setInterval(() => existsSync(folder.claim) || process.kill(process.pid, 'SIGKILL'), LOOK_MS);
    process.on('uncaughtException', (error) => report(folder, error));
    feed(folder, ml).catch((error) => report(folder, error));
  }
}
