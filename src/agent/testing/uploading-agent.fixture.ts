import { mkdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TestClock } from '../../clock/test-clock.ts';
import { EmbeddedStorage } from '../../objects/embedded/embedded-storage.ts';
import { FolderStore } from '../../objects/embedded/folder-store.ts';
import { KeyRing } from '../../objects/embedded/key-ring.ts';
import { patternBytes } from '../../objects/embedded/temporary-store.fixture.ts';
import type { ObjectLocation, UploadOptions } from '../../objects/object-storage.ts';
import { Database } from '../../store/database.ts';
import type { AgentEnvironment } from '../agent-environment.ts';
import { createInstanceAgent } from '../create-instance-agent.ts';
import type { InstanceAgent, InstancePlan } from '../instance-agent.ts';
import { instanceFolder } from '../instance-folder.ts';
import { networkOfOne } from '../instance-network.ts';
import { FakeRuntime } from './fake-runtime.fixture.ts';
import { FakeTelemetry } from './fake-telemetry.fixture.ts';
import { ImpatientClock, never, planOf, REQUEST } from './test-instance.fixture.ts';

export const BUCKET = 'out';

/** What the algorithms leave: the second file hardly gets smaller. */
export const MODEL: ReadonlyMap<string, Buffer> = new Map([
  ['a.txt', Buffer.from('words\n'.repeat(500_000))],
  ['b.bin', patternBytes(4_000_000)],
]);

/** What each of the hosts leaves of it. */
const LEFT: readonly (readonly string[])[] = [['a.txt'], ['b.bin']];

/** The plans of a job's hosts: one host leaves all of the model, of two each leaves a part. */
export const uploadPlans = (CompressionType: string, hosts: number): readonly InstancePlan[] => {
  const names = Array.from({ length: hosts }, (_, at) => `algo-${at + 1}`);
  return names.map((host) =>
    planOf(
      {
        OutputDataConfig: {
          ...REQUEST.OutputDataConfig,
          CompressionType: CompressionType === 'NONE' ? 'NONE' : 'GZIP',
        },
      },
      { host, hosts: names },
    ),
  );
};

/** The embedded store, which kills its process when it has taken so many chunks of uploads; at `stored`, when the first is whole. */
class KillingStorage extends EmbeddedStorage {
  readonly #moment: string;
  #chunks = 0;

  constructor(store: FolderStore, moment: string) {
    super(store);
    this.#moment = moment;
  }

  override async upload(
    target: ObjectLocation,
    body: AsyncIterable<Uint8Array>,
    options?: UploadOptions,
  ): Promise<void> {
    await super.upload(target, this.#counted(body), options);
    if (this.#moment === 'stored') process.kill(process.pid, 'SIGKILL');
  }

  async *#counted(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      if (String(++this.#chunks) === this.#moment) process.kill(process.pid, 'SIGKILL');
      yield chunk;
    }
  }
}

export interface UploadPlace {
  /** Stores what is on all hosts. */
  upload(): ReturnType<InstanceAgent['upload']>;
  readonly store: FolderStore;
  close(): Promise<void>;
}

/** A store in one folder, and in another the agents of a job's hosts. */
export async function uploadPlace(
  storeFolder: string,
  agentFolder: string,
  plans: readonly InstancePlan[],
  moment = 'never',
): Promise<UploadPlace> {
  mkdirSync(storeFolder, { recursive: true });
  const { region, account } = planOf();
  const database = new Database(join(storeFolder, 'trainyard.db'));
  const keys = KeyRing.open(join(storeFolder, 'keys.json'), { region, account });
  const store = new FolderStore({ folder: storeFolder, database, keys, clock: new TestClock() });
  if (!store.listBuckets().some(({ name }) => name === BUCKET)) store.createBucket(BUCKET);
  const environment: AgentEnvironment = {
    runtime: new FakeRuntime(),
    storage: new KillingStorage(store, moment),
    telemetry: new FakeTelemetry(join(agentFolder, 'output.log')),
    clock: new ImpatientClock(),
    folder: agentFolder,
    instanceType: {},
    networks: networkOfOne,
    containerEnvironment: () => ({}),
    log: () => {},
  };
  const agents = plans.map((each) => createInstanceAgent(each, environment));
  for (const agent of agents) await agent.prepare(never());
  return {
    upload: async () => (await agents[0]?.upload(never(), agents)) ?? {},
    store,
    close: async () => {
      await store.close();
      database.close();
    },
  };
}

export async function leaveModel(agentFolder: string, plans: readonly InstancePlan[]): Promise<void> {
  for (const [at, plan] of plans.entries()) {
    const model = join(instanceFolder(agentFolder, plan).ml, 'model');
    await mkdir(model, { recursive: true });
    for (const [name, content] of MODEL) {
      if (plans.length === 1 || LEFT[at]?.includes(name)) await writeFile(join(model, name), content);
    }
  }
}

// As a program of its own: uploads the model, and says what came of it unless it was killed.
const [storeFolder, agentFolder, compression, hosts = '1', moment] = process.argv.slice(2);
if (import.meta.main && storeFolder && agentFolder && compression) {
  const plans = uploadPlans(compression, Number(hosts));
  const { upload, store, close } = await uploadPlace(storeFolder, agentFolder, plans, moment);
  await leaveModel(agentFolder, plans);
  const outcome = await upload().then(
    () => 'stored',
    (error) => `${error.kind}: ${error.message}`,
  );
  const { objects } = store.list({ bucket: BUCKET, prefix: '', limit: 10 });
  console.log(JSON.stringify({ outcome, keys: objects.map(({ key }) => key) }));
  await close();
}
