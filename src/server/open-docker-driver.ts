import type { Settings } from '../config/settings.ts';
import { DockerDriver } from '../executors/docker/docker-driver.ts';
import { describeEngine, findEngine } from '../executors/docker/find-engine.ts';
import type { DriverPlace, OpenDriver } from './open-driver.ts';

/** The driver of the container engine that this machine has, or why there is none, in a sentence. Says which engine it is. */
export async function openDockerDriver(
  { executors, images }: Settings,
  { clock, agents, ofInstance }: DriverPlace,
): Promise<OpenDriver | { readonly problem: string }> {
  const found = await findEngine(executors.docker);
  if ('problem' in found) return found;
  const { engine } = found;
  const driver = new DockerDriver({ engine, config: executors.docker, images, clock, agents, ofInstance });
  agents.log(describeEngine(engine));
  for (const problem of driver.problems) agents.log(problem);
  await driver.removeOrphans();
  return { driver, listening: async () => undefined, close: async () => undefined };
}
