import { systemClock } from '../../clock/system-clock.ts';
import type { Settings } from '../../config/settings.ts';
import type { Fingerprint } from '../../executors/process/fingerprint.ts';
import { createProcessRuntime } from '../../executors/process/process-runtime.ts';
import { bytes } from '../screen/text.ts';
import type { Finding } from './finding.ts';

/** What the executor of processes finds out about this machine when a server starts, by trying. */
export async function machineFindings({ executors, dataDir }: Settings): Promise<Finding[]> {
  const runtime = createProcessRuntime(executors.process, { clock: systemClock, hidden: [dataDir] });
  return findingsOf(await runtime.fingerprint());
}

/** A fingerprint as findings; its problems are sentences that say what to do. */
export function findingsOf(print: Fingerprint): Finding[] {
  const state = print.ok ? 'limit' : 'problem';
  return [
    {
      what: 'sandbox',
      state: print.ok ? 'ok' : 'problem',
      found: print.ok ? sandboxText(print) : 'no job can be run',
    },
    ...print.problems.map((sentence): Finding => ({ what: '', state, found: sentence })),
    {
      what: 'cgroups',
      state: print.cgroups === 'none' ? 'limit' : 'ok',
      found: print.cgroups === 'none' ? 'none may be written to' : print.cgroups,
      ...(print.cgroups === 'none' && {
        remedy: 'Run the server as root, or in a systemd service with Delegate=yes, to enforce limits.',
      }),
    },
    {
      what: 'GPUs',
      state: print.gpus.length > 0 ? 'ok' : 'absent',
      found: print.gpus.length > 0 ? `${print.gpus.length} of NVIDIA` : 'none of NVIDIA',
      ...(print.gpus.length === 0 && {
        remedy:
          "For types with GPUs: NVIDIA's driver, so that nvidia-smi finds them; or `gpus: optional` in the settings.",
      }),
    },
    { what: 'processors', state: 'ok', found: String(print.cores) },
    { what: 'memory', state: 'ok', found: bytes(print.memoryBytes) },
  ];
}

function sandboxText({ sandbox, userNamespaces, networkIsolation }: Fingerprint): string {
  if (sandbox === 'none') return 'none, as the settings say';
  const parts = [
    'bubblewrap',
    ...(userNamespaces ? ['user namespaces'] : []),
    ...(networkIsolation ? ['networks of their own'] : []),
  ];
  return parts.join(', ');
}
