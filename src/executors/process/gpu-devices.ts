import { existsSync, readdirSync } from 'node:fs';
import { RuntimeFault } from '../runtime.ts';

/** What every program that uses a GPU needs besides the GPU's own device. */
const SHARED_DEVICES = [
  '/dev/nvidiactl',
  '/dev/nvidia-modeset',
  '/dev/nvidia-uvm',
  '/dev/nvidia-uvm-tools',
  '/dev/nvidia-caps',
];

/** The indexes of the machine's NVIDIA GPUs: the numbers of their devices. */
export function machineGpus(): readonly number[] {
  return readdirSync('/dev')
    .map((name) => /^nvidia(\d+)$/.exec(name)?.[1])
    .filter((index) => index !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
}

/** The options of bubblewrap that give these GPUs, and no other, to a sandbox. */
export function gpuOptions(gpus: readonly number[]): readonly string[] {
  if (gpus.length === 0) return [];
  const devices = gpus.map((gpu) => `/dev/nvidia${gpu}`);
  const missing = devices.find((device) => !existsSync(device));
  if (missing !== undefined) throw new RuntimeFault('internal', `This machine has no GPU ${missing}.`);
  return [
    ...devices.flatMap((device) => ['--dev-bind', device, device]),
    ...SHARED_DEVICES.flatMap((device) => ['--dev-bind-try', device, device]),
  ];
}
