import { access, constants } from 'node:fs/promises';
import type { InstanceCheck } from './instance-check.ts';

/** The GPUs that the instance was leased are there and may be used. */
export const checkGpus: InstanceCheck = {
  name: 'GPUs',
  async run({ plan }) {
    for (const gpu of plan.gpus) await access(`/dev/nvidia${gpu}`, constants.R_OK | constants.W_OK);
    return plan.gpus.length === 0 ? 'none to check' : `${plan.gpus.length} can be opened`;
  },
};
