import { type Engine, withEngine } from './engine.ts';
import { LABELS } from './labels.ts';
import { removeContainer } from './running-container.ts';

/**
 * Removes the containers of a data directory whose instance is gone: what an engine still made for a server that was killed, after
 * the next one had given the instance back. Resolves with their names.
 */
export async function removeOrphans(
  engine: Engine,
  owner: string,
  isThere: (home: string) => boolean,
): Promise<readonly string[]> {
  const filters = { label: [`${LABELS.owner}=${owner}`] };
  const containers = await withEngine(() => engine.api.listContainers({ all: true, filters }));
  const names = containers
    .filter(({ Labels }) => !isThere(Labels[LABELS.home] ?? ''))
    .map(({ Names: [name = ''] }) => name.replace(/^\//, ''));
  for (const name of names) await removeContainer(engine, name);
  return names;
}
