import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { argumentsOf, processes } from '../../../executors/process/process-table.ts';
import type { Channel, CreateTrainingJobRequest } from '../../../model/types.generated.ts';
import { createInstanceAgent } from '../../create-instance-agent.ts';
import type { InstanceAgent, InstancePlan } from '../../instance-agent.ts';
import { channel, never, planOf, type TestPlace, testPlace } from '../../testing/test-instance.fixture.ts';

export const MIB = 1024 * 1024;

export const pipeJob = (
  more: Partial<Channel> = {},
  job: Partial<CreateTrainingJobRequest> = {},
): InstancePlan =>
  planOf({ InputDataConfig: [{ ...channel('train', 's3://data/p/'), InputMode: 'Pipe', ...more }], ...job });

/** A place with the agent of a job whose algorithm is `read`, a function of the test; all is released after the test. */
export async function pipePlace(
  t: TestContext,
  plan: InstancePlan,
  environment: Partial<TestPlace['environment']> = {},
) {
  const place = await testPlace(t);
  const make = () => createInstanceAgent(plan, { ...place.environment, ...environment });
  let agent = make();
  t.after(() => agent.release());
  return {
    ...place,
    agent: () => agent,
    /** The server is killed, and comes back. */
    crash(): InstanceAgent {
      agent.abandon();
      agent = make();
      return agent;
    },
    fifo: (epoch: number, name = 'train') => place.ml(plan, 'input', 'data', `${name}_${epoch}`),
    home: join(place.folder, '7-1-algo-1'),
    async run(read: () => Promise<void>) {
      place.runtime.script = async ({ stopped }) => {
        await Promise.race([read(), stopped]);
        return 0;
      };
      await agent.prepare(never());
      return agent.train();
    },
  };
}

/** Processes that have a path below the folder among their arguments. */
export const left = (folder: string) =>
  processes().filter((pid) => argumentsOf(pid).some((argument) => argument.startsWith(folder)));

export const feederOf = (home: string): number => {
  const claim = readFileSync(join(home, 'pipe', 'claim'), 'utf8');
  return Number(claim.split(' ')[1]);
};
