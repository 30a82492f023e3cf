import type { Command } from 'commander';
import { addPlaceOptions, examples, type PlaceFlags, reporting } from './command.ts';
import { seconds } from './option-values.ts';
import { call } from './own-client.ts';

type ClockFlags = PlaceFlags & { readonly json?: boolean };

/** What the server says of its clock. */
export interface ClockAnswer {
  readonly kind: 'system' | 'test';
  readonly now: string;
}

export function addClockCommand(program: Command): void {
  const clock = program
    .command('clock')
    .summary('Read the clock of the jobs, or move it on')
    .description('Read the clock that jobs live by, or move it on (of a server with --test-clock)');
  addPlaceOptions(clock.command('show', { isDefault: true }))
    .description('Print what time it is for the jobs')
    .option('--json', 'one JSON object')
    .addHelpText('after', examples('trainyard clock'))
    .action(reporting(async (flags: ClockFlags) => print(await call(flags, { path: 'clock' }), flags)));
  addPlaceOptions(clock.command('advance'))
    .description('Let time pass for the jobs, while their processes go on as they are')
    .argument('<duration>', 'how much: 90s, 15m, 1h30m, 28d', seconds)
    .option('--json', 'one JSON object')
    .addHelpText('after', examples('trainyard clock advance 28d'))
    .action(
      reporting(async (advanceSeconds: number, flags: ClockFlags) =>
        print(await call(flags, { method: 'POST', path: 'clock', body: { advanceSeconds } }), flags),
      ),
    );
}

function print(answer: ClockAnswer, { json }: ClockFlags): void {
  console.log(json ? JSON.stringify(answer) : answer.now);
}
