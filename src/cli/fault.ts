import { type Command, InvalidArgumentError } from 'commander';
import { addPlaceOptions, CommandFailed, examples, type PlaceFlags, reporting } from './command.ts';
import { count, seconds } from './option-values.ts';
import { call } from './own-client.ts';
import { parseBytes } from './quantities.ts';

const FAULTS = [
  ...['interrupt', 'lose-host', 'fail-infra-check'],
  ...['no-capacity', 'slow-download', 'fail-upload', 'unreachable-store'],
];

const KINDS = `
Faults, once per attempt, in Training:
  interrupt          the spot capacity of the job is taken back: SIGTERM, grace,
                     Interrupted, and it begins anew
  lose-host          all that runs on a host is killed, and its supervisor
                     (--host)
Once, where the job has an InfraCheckConfig:
  fail-infra-check   the check of the instance fails
For a time (--for) that begins when they first strike, or until they are
cleared; also for --instance-type or --all:
  no-capacity        the job finds no free instance: it is Pending
  slow-download      each host downloads at most so fast (--rate)
  fail-upload        the store takes nothing from the job's hosts
  unreachable-store  the store does not answer the job's hosts

A job may be named before it exists. What was asked for survives restarts of
the server.`;

interface FaultFlags extends PlaceFlags {
  readonly host?: string;
  readonly after?: number;
  readonly times?: number;
  readonly for?: number;
  readonly rate?: number;
  readonly instanceType?: string;
  readonly all?: true;
  readonly json?: boolean;
}

/** A fault as the server shows it. */
interface ShownFault {
  readonly id: number;
  readonly fault: { readonly kind: string; readonly job?: string; readonly instanceType?: string };
  readonly state: 'active' | 'over';
  readonly outcome?: string;
  readonly strikes: readonly { readonly job: string; readonly attempt: number; readonly at: string }[];
}

/** Which faults were ended, and which numbers no fault has. */
interface ClearedFaults {
  readonly cleared: readonly number[];
  readonly unknown: readonly number[];
}

export function addFaultCommands(program: Command): void {
  addPlaceOptions(program.command('fault'))
    .summary('Let something go wrong with a job')
    .description('Let something go wrong with a job, as it does in the cloud')
    .argument('[job]', "the job's name; none with --instance-type or --all")
    .argument('[fault]', 'what goes wrong: see below')
    .option('--host <host>', 'lose-host: which (default algo-1)')
    .option('--after <duration>', 'interrupt, lose-host: so long after the start of Training', seconds)
    .option('--times <n>', 'in so many attempts of the job (default 1)', count)
    .option('--for <duration>', 'how long it lasts (default until it is cleared)', seconds)
    .option('--rate <bytes>', 'slow-download: bytes per second, as 500k or 2MiB', bytes)
    .option('--instance-type <type>', 'for all jobs on this type')
    .option('--all', 'for all jobs')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      `${KINDS}\n${examples(
        'trainyard fault my-job interrupt --after 10s',
        'trainyard fault my-job lose-host --host algo-2 --times 3',
        'trainyard fault --instance-type ml.p4d.24xlarge no-capacity --for 10m',
      )}`,
    )
    .action(reporting(inject));
  const faults = program
    .command('faults')
    .summary('Show faults, or end them')
    .description('Show the faults that were asked for, or end them');
  addPlaceOptions(faults.command('list', { isDefault: true }))
    .description('Show the faults that were asked for, and whom they struck')
    .option('--json', 'one JSON object')
    .addHelpText('after', examples('trainyard faults'))
    .action(reporting(list));
  addPlaceOptions(faults.command('clear'))
    .description('End faults')
    .argument('[ids...]', 'their numbers', numbers)
    .option('--all', 'all of them')
    .option('--json', 'one JSON object')
    .addHelpText('after', examples('trainyard faults clear 7', 'trainyard faults clear --all'))
    .action(reporting(clear));
}

async function inject(first: string | undefined, second: string | undefined, flags: FaultFlags) {
  const { host, after, times, for: lasting, rate, instanceType, all, json } = flags;
  const hasTarget = instanceType !== undefined || all !== undefined;
  const [job, kind] = hasTarget ? [undefined, first] : [first, second];
  if (kind === undefined || (hasTarget && second !== undefined))
    throw new CommandFailed('name a job and a fault, or --instance-type or --all and a fault: see --help.');
  if (!FAULTS.includes(kind))
    throw new CommandFailed(`there is no fault ${kind}: there are ${FAULTS.join(', ')}.`);
  const members = {
    ...{ kind, job, instanceType, all, host, times },
    ...{ afterSeconds: after, forSeconds: lasting, bytesPerSecond: rate },
  };
  const body = Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
  const fault = await call<ShownFault>(flags, { method: 'POST', path: 'faults', body });
  console.log(json ? JSON.stringify(fault) : `fault ${fault.id}: ${rendered(fault)}`);
}

async function list(flags: FaultFlags): Promise<void> {
  const answer = await call<{ faults: readonly ShownFault[] }>(flags, { path: 'faults' });
  if (flags.json) return console.log(JSON.stringify(answer));
  for (const fault of answer.faults) {
    console.log(`fault ${fault.id}: ${rendered(fault)}, ${fault.outcome ?? fault.state}`);
    for (const { job, attempt, at } of fault.strikes)
      console.log(`  struck ${job}, attempt ${attempt}, at ${at}`);
  }
}

async function clear(ids: readonly number[], flags: FaultFlags): Promise<void> {
  if ((ids.length === 0) === (flags.all === undefined))
    throw new CommandFailed('name the numbers of the faults, or --all.');
  const { cleared, unknown } = await call<ClearedFaults>(flags, {
    ...{ method: 'DELETE', path: 'faults' },
    body: flags.all ? { all: true } : { ids },
  });
  console.log(flags.json ? JSON.stringify({ cleared, unknown }) : `${cleared.length} cleared`);
  for (const id of new Set(ids).difference(new Set([...cleared, ...unknown])))
    console.error(`trainyard: fault ${id} was over before.`);
  if (unknown.length > 0)
    throw new CommandFailed(unknown.map((id) => `there is no fault ${id}.`).join('\ntrainyard: '));
}

function rendered({ fault: { kind, job, instanceType } }: ShownFault): string {
  return `${kind} for ${job ?? instanceType ?? 'all jobs'}`;
}

function bytes(text: string): number {
  const parsed = parseBytes(text);
  if (parsed === undefined) throw new InvalidArgumentError('a size is 5000, 500k, 1.5MB or 2MiB');
  return parsed;
}

const numbers = (text: string, before: readonly number[] = []): readonly number[] => [...before, count(text)];
