import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { ImageFault } from '../../images/image-fault.ts';
import { BadImageReference } from '../../images/image-reference.ts';
import { type ImageSettings, imageSettings } from '../../images/image-settings.ts';
import type { Engine } from './engine.ts';
import { openEngine } from './engine.ts';
import { EngineImages } from './engine-images.ts';
import { IMAGE, skip as noPodman, podmanWithShell } from './testing/containers.fixture.ts';
import type { PrivatePodman } from './testing/podman.fixture.ts';

const hasRegistry = existsSync('/usr/bin/docker-registry');
const skip =
  noPodman ||
  (hasRegistry ? false : 'there is no docker-registry; scripts/prepare-machine --acceptance installs it');

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

describe('the images of an engine', { skip }, () => {
  let podman: PrivatePodman;
  let engine: Engine;
  let registry: string;
  let stopRegistry: () => void;

  before(async () => {
    podman = await podmanWithShell();
    engine = await openEngine(podman.socket);
    const folder = mkdtempSync(join(tmpdir(), 'trainyard-registry-'));
    registry = `127.0.0.1:${await freePort()}`;
    const settings = join(folder, 'registry.yml');
    writeFileSync(
      settings,
      `version: 0.1\nstorage: {filesystem: {rootdirectory: "${folder}/data"}}\nhttp: {addr: "${registry}"}\n`,
    );
    const child = spawn('docker-registry', ['serve', settings], { stdio: 'ignore' });
    stopRegistry = () => {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    };
    while (!(await fetch(`http://${registry}/v2/`).catch(() => undefined))) await wait(20);
    await podman.command('push', '--quiet', '--tls-verify=false', IMAGE, `${registry}/app:1`);
  });
  after(async () => {
    stopRegistry();
    await podman.remove();
  });

  const images = (settings: Partial<ImageSettings> = {}) =>
    new EngineImages(engine, { ...imageSettings.parse({}), ...settings });

  async function brought(image: string, settings: Partial<ImageSettings> = {}, more: object = {}) {
    let downloads = 0;
    const downloading = () => {
      downloads += 1;
    };
    const signal = new AbortController().signal;
    await images(settings).bring({ image, home: '/nowhere', signal, downloading, ...more });
    return downloads;
  }

  async function faultOf(image: string, settings: Partial<ImageSettings> = {}, more: object = {}) {
    const fault = await brought(image, settings, more).then(
      () => undefined,
      (error) => error,
    );
    assert.ok(fault instanceof ImageFault, String(fault));
    assert.doesNotMatch(fault.message, /\n/);
    return fault;
  }

  it('come from their registry once, and are told of when they do', async () => {
    const name = `${registry}/app:1`;
    assert.equal(await brought(name), 1);
    assert.equal(await brought(name), 0);
    assert.ok(await images().find(name));
  });

  it('come when their engine is killed as it is to bring them, and comes back', async () => {
    const name = `${registry}/app:1`;
    await podman.command('rmi', name);
    let killed: Promise<void> | undefined;
    const downloading = () => {
      killed = podman.killService();
    };
    const bringing = brought(name, {}, { downloading });
    while (!killed) await wait(5);
    await killed;
    await podman.startService();
    await bringing;
    assert.ok(await images().find(name));
  });

  it('go by the names that jobs use for them', async () => {
    const names = { '*.dkr.ecr.*.amazonaws.com/*': `${registry}/$3` };
    const image = '123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1';
    await brought(image, { names });
    const found = await images({ names }).find(image);
    assert.deepEqual(found, await images().find(`${registry}/app:1`));
  });

  it('are run where their registry no longer knows them, for they were built here', async () => {
    await podman.command('tag', IMAGE, `${registry}/built-here:1`);
    assert.equal(await brought(`${registry}/built-here:1`), 0);
    assert.equal(await brought(IMAGE), 0);
  });

  it('that are nowhere are said to be, in one line', async () => {
    const fault = await faultOf(`${registry}/none:1`);
    assert.equal(fault.kind, 'not found');
    assert.match(fault.message, /none:1/);
  });

  it('of a registry that does not answer are needed, or not, as the settings say', async () => {
    const gone = `127.0.0.1:${await freePort()}/app:1`;
    assert.equal((await faultOf(gone)).kind, 'unreachable');
    await podman.command('tag', IMAGE, gone);
    assert.equal((await faultOf(gone)).kind, 'unreachable');
    assert.equal(await brought(gone, { pull: 'whenReachable' }), 0);
    assert.equal(await brought(gone, { pull: 'never' }), 0);
  });

  it('are not looked for where the settings forbid it', async () => {
    const fault = await faultOf(`${registry}/other:1`, { pull: 'never' });
    assert.match(fault.message, /images\.pull/);
  });

  it('are asked for with the credentials that the job names', async () => {
    const arn = 'arn:aws:lambda:us-east-1:123456789012:function:registry';
    const fault = await faultOf(`${registry}/other:2`, {}, { credentialsProvider: arn });
    assert.equal(fault.kind, 'denied');
    assert.match(fault.message, /not mapped/);
  });

  it('of another processor are refused, with both named', async () => {
    await podman.command(
      'build',
      '--quiet',
      '--platform',
      'linux/s390x',
      '--tag',
      'localhost/foreign:1',
      '--isolation',
      'chroot',
      '-f',
      foreignFile(podman),
      podman.folder,
    );
    const fault = await faultOf('localhost/foreign:1');
    assert.equal(fault.kind, 'wrong platform');
    assert.match(fault.message, /s390x.*amd64/);
  });

  it('have names that are names', async () => {
    await assert.rejects(brought('No Name'), BadImageReference);
  });
});

function foreignFile({ folder }: PrivatePodman): string {
  const path = join(folder, 'Containerfile');
  writeFileSync(path, 'FROM scratch\nCOPY containers.conf /\n');
  return path;
}
