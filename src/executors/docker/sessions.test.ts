import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { type SessionPlace, sessionCases, shell } from '../testing/session-cases.fixture.ts';
import { containerFolder } from './container-folder.ts';
import type { DockerRuntime } from './docker-runtime.ts';
import { instance, podmanWithShell, runtimeOn, script, skip, started } from './testing/containers.fixture.ts';
import { makeHostImage } from './testing/host-image.fixture.ts';
import type { PrivatePodman } from './testing/podman.fixture.ts';

const OF_A_USER = 'localhost/user:1';

describe('in a container', { skip }, () => {
  let podman: PrivatePodman;
  let runtime: DockerRuntime;

  before(async () => {
    podman = await podmanWithShell();
    await makeHostImage(podman, OF_A_USER, { changes: ['USER 1234:1234', 'WORKDIR /srv'] });
    runtime = await runtimeOn(podman);
  });
  after(() => podman.remove());

  const place: SessionPlace = { start: (t, wanted) => started(t, instance(t, wanted), runtime) };
  sessionCases(place);

  it('a session is of the image’s user, in its folder', async (t) => {
    const running = await place.start(t, { ...script('sleep 1000'), image: OF_A_USER });
    const opened = await running.open?.(shell('id -u; pwd'));
    assert.ok(opened);
    assert.equal(await text(opened.output), '1234\n/srv\n');
    assert.equal(await opened.ended, 0);
  });

  it('a session leaves nothing in the instance’s folder', async (t) => {
    const algorithm = instance(t, script('sleep 1000'));
    const running = await started(t, algorithm, runtime);
    const sessions = () => readdirSync(containerFolder(algorithm.home).sessions);
    const opened = await running.open?.(shell('cat'));
    assert.equal(sessions().length, 1);
    opened?.input.end();
    await opened?.ended;
    assert.deepEqual(sessions(), []);
  });
});
