import { z } from 'zod';
import { absolutePath } from '../process/config.ts';

const ulimit = z
  .strictObject({ soft: z.int().min(-1), hard: z.int().min(-1) })
  .describe('-1 is no limit; the engine may not go beyond its own.');

/** The settings of the `docker` executor on a machine with that many cores. */
export function dockerSettings(cores: number) {
  return z
    .strictObject({
      socket: absolutePath
        .optional()
        .describe('The socket of the container engine. Absent: DOCKER_HOST, then the usual ones.'),
      network: z
        .string()
        .min(1)
        .default('host')
        .describe(
          'What containers are connected to: "host" is the machine’s own network, else a network’s name.',
        ),
      serverName: z
        .string()
        .regex(/^[\w.-]+$/, 'must be a name or an address, without a port')
        .optional()
        .describe('By which containers find this server where their network is not the machine’s own.'),
      gpus: z
        .enum(['required', 'optional'])
        .default('required')
        .describe('Whether an instance type with GPUs needs as many of the machine’s.'),
      sharedMemoryMB: z
        .int()
        .positive()
        .optional()
        .describe('The size of /dev/shm. Absent: half of the instance’s memory.'),
      ulimits: z
        .record(z.string().regex(/^[a-z]+$/), ulimit)
        .default({})
        .describe(
          'Limits as of ulimit, by their names: nofile, nproc, memlock, stack. Absent: the engine’s.',
        ),
      maxInstances: z.int().positive().default(cores).describe('How many instances may run at once.'),
    })
    .refine(({ network, serverName }) => network === 'host' || serverName !== undefined, {
      path: ['serverName'],
      message: 'must say by which name containers on that network find this server',
    });
}

export type DockerConfig = z.infer<ReturnType<typeof dockerSettings>>;
