import type { Command } from 'commander';
import type { SettingFlags } from '../config/load-settings.ts';
import type { Finding } from './checkup/finding.ts';
import { examples, reporting } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { screenOf } from './screen/style.ts';

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .summary('Check whether this machine can run jobs')
    .description('Check whether this machine can run jobs, and say what to do where it can not')
    .option('--data-dir <folder>', 'where everything is to be kept (default ~/.local/share/trainyard)')
    .option('--config <file>', 'the settings file (default trainyard.yaml, if there is one)')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      `\nExit codes: 0 jobs can run, 1 they can not.\n${examples('trainyard doctor', 'trainyard doctor --json | jq .findings')}`,
    )
    .action(reporting(checkUp));
}

async function checkUp(flags: SettingFlags & { readonly json?: boolean }): Promise<void> {
  const { canRunJobs, checkupText } = await import('./checkup/finding.ts');
  const findings = await findingsFor(flags);
  const ok = canRunJobs(findings);
  if (flags.json) console.log(JSON.stringify({ ok, findings }, null, 2));
  else console.log(checkupText(findings, screenOf(process.stdout)));
  process.exitCode = ok ? EXIT.done : EXIT.failed;
}

async function findingsFor({ dataDir, config }: SettingFlags): Promise<Finding[]> {
  const [{ BadSettings, loadSettings }, { machineFindings }, { placeFindings }, { programFindings }] =
    await Promise.all([
      import('../config/load-settings.ts'),
      import('./checkup/machine-findings.ts'),
      import('./checkup/place-findings.ts'),
      import('./checkup/program-findings.ts'),
    ]);
  const node: Finding = { what: 'Node.js', state: 'ok', found: process.version };
  try {
    const settings = loadSettings({ dataDir, config });
    return [
      node,
      ...(await machineFindings(settings)),
      ...(await placeFindings(settings)),
      ...(await programFindings()),
    ];
  } catch (error) {
    if (!(error instanceof BadSettings)) throw error;
    const remedy = 'Mend the settings file, or name another one by --config.';
    return [node, { what: 'settings', state: 'problem', found: error.message, remedy }];
  }
}
