import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Algorithm } from '../runtime.ts';
import {
  exited,
  IMAGE,
  podmanWithShell,
  runtimeOn,
  script,
  skip,
  until,
} from './testing/containers.fixture.ts';
import { makeHostImage } from './testing/host-image.fixture.ts';
import type { PrivatePodman } from './testing/podman.fixture.ts';

const OF_A_USER = 'localhost/user:1';
const SOMEBODY = 65534;

describe('the files of a server that is not root, by an engine that is', { skip }, () => {
  let podman: PrivatePodman;
  let home: string;

  before(async () => {
    podman = await podmanWithShell();
    await makeHostImage(podman, OF_A_USER, { changes: ['USER 1234:1234'] });
    chmodSync(podman.folder, 0o711);
    chmodSync(podman.socket, 0o666);
    process.setegid?.(SOMEBODY);
    process.seteuid?.(SOMEBODY);
    home = mkdtempSync(join(tmpdir(), 'trainyard-instance-'));
    for (const name of ['input/data', 'model', 'output/data'])
      mkdirSync(join(home, 'ml', name), { recursive: true });
  });
  after(async () => {
    process.seteuid?.(0);
    process.setegid?.(0);
    rmSync(home, { recursive: true, force: true });
    await podman.remove();
  });

  const algorithmOf = (image: string, text: string): Algorithm => ({
    ...{
      id: '1-1-algo-1',
      home,
      mlRoot: join(home, 'ml'),
      image,
      environment: {},
      hostname: 'algo-1',
      hosts: [],
    },
    ...{ networkIsolation: false, gpus: [], output: join(home, 'output'), ...script(text) },
  });

  for (const image of [IMAGE, OF_A_USER]) {
    it(`can be written beside, read and removed: ${image}`, async () => {
      const text =
        'mkdir -p /opt/ml/model/a/b && touch /opt/ml/model/a/b/open /opt/ml/model/ready; until [ -e /opt/ml/model/a/b/ours ]; do sleep 0.01; done; echo secret > /opt/ml/model/a/closed; chmod 0 /opt/ml/model/a/closed; chmod 700 /opt/ml/model/a';
      const runtime = await runtimeOn(podman);
      const running = await runtime.start(algorithmOf(image, text));
      const model = join(home, 'ml/model');
      await until(() => existsSync(join(model, 'ready')));
      writeFileSync(join(model, 'a/b/ours'), '');
      assert.deepEqual(await running.ended, exited(0));
      const closed = join(model, 'a/closed');
      assert.equal(statSync(closed).uid, SOMEBODY);
      chmodSync(closed, 0o600);
      assert.equal(readFileSync(closed, 'utf8'), 'secret\n');
      await running.release();
      for (const name of ['ml/model/a', 'ml/model/ready', 'run', 'output'])
        rmSync(join(home, name), { recursive: true });
    });
  }
});
