import { createInstanceAgent } from '../create-instance-agent.ts';
import { networkOfOne } from '../instance-network.ts';
import { FakeRuntime } from './fake-runtime.fixture.ts';
import { FakeTelemetry } from './fake-telemetry.fixture.ts';
import { MemoryStorage } from './memory-storage.fixture.ts';
import { channel, ImpatientClock, never, planOf } from './test-instance.fixture.ts';

/** The job of the test of kills: its files, each with some content. */
export const KILLED_PLAN = planOf({
  InputDataConfig: [channel('a', 's3://data/a'), channel('b', 's3://data/b')],
});

export const KILLED_FILES: ReadonlyMap<string, string> = new Map(
  Array.from({ length: 60 }, (_, n) => [`${n % 2 ? 'a' : 'b'}/${n % 7}/${n}`, `content of ${n}\n`.repeat(n)]),
);

export function killedStorage(): MemoryStorage {
  const storage = new MemoryStorage();
  for (const [key, content] of KILLED_FILES) storage.put('data', key, content);
  return storage;
}

// As a program of its own: prepares the instance in a folder, and kills itself at a given moment of its downloads.
const [folder, moment] = process.argv.slice(2);
if (import.meta.main && folder) {
  const storage = killedStorage();
  let moments = 0;
  storage.onDownload = () => {
    if (++moments === Number(moment)) process.kill(process.pid, 'SIGKILL');
  };
  const agent = createInstanceAgent(KILLED_PLAN, {
    runtime: new FakeRuntime(),
    storage,
    telemetry: new FakeTelemetry(`${folder}/output.log`),
    clock: new ImpatientClock(),
    folder,
    instanceType: {},
    networks: networkOfOne,
    containerEnvironment: () => ({}),
    log: () => {},
  });
  await agent.prepare(never());
}
