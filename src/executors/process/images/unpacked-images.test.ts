import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '../../../clock/system-clock.ts';
import { ImageFault } from '../../../images/image-fault.ts';
import { type ImageSettings, imageSettings } from '../../../images/image-settings.ts';
import { processes } from '../process-table.ts';
import { registrySource, storedSource } from './image-source.ts';
import { reclaimImages } from './reclaim-images.ts';
import {
  machineArchitecture,
  makeLayout,
  run,
  scratch,
  skipImages as skip,
  startRegistry,
  temporaryFolder,
} from './test-images.fixture.ts';
import { PLACES } from './unpacked-image.ts';
import { type ImageOrder, UnpackedImages } from './unpacked-images.ts';

const OTHER_ARCHITECTURE = machineArchitecture() === 'arm64' ? 'amd64' : 'arm64';
const ANOTHER_BOOT = '00000000-0000-0000-0000-000000000000';

const folder = temporaryFolder();
after(() => rmSync(folder, { recursive: true, force: true }));
const layouts = { first: '', second: '', foreign: '' };
before(() => {
  if (skip) return;
  layouts.first = makeLayout(folder, 'first', { files: { hello: 'first\n' }, ballast: 512 * 1024 });
  layouts.second = makeLayout(folder, 'second', { files: { hello: 'second\n' } });
  layouts.foreign = makeLayout(folder, 'foreign', { architecture: OTHER_ARCHITECTURE });
});

function open(t: TestContext, settings: Partial<ImageSettings> = {}, place = join(scratch(t), 'images')) {
  const images = new UnpackedImages({
    folder: place,
    settings: imageSettings.parse(settings),
    clock: systemClock,
    log: (line) => t.diagnostic(line),
  });
  images.open();
  t.after(() => images.close());
  return { images, place, settings: imageSettings.parse(settings) };
}

type Opened = ReturnType<typeof open>;

/** Brings an image as an instance would; says whether it was told of a download. */
async function bring({ images, place, settings }: Opened, name: string, order: Partial<ImageOrder> = {}) {
  let downloads = 0;
  const user = join(place, 'instance');
  const take = () => writeFileSync(user, '');
  const image = await images.bring({
    source: registrySource(name, settings),
    user,
    take,
    signal: new AbortController().signal,
    downloading: () => {
      downloads++;
    },
    ...order,
  });
  return { image, hello: textIn(image.root), isDownload: downloads === 1 };
}

const textIn = (root: string) => readFileSync(join(root, 'hello'), 'utf8').trim();

const isFault = (kind: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof ImageFault, String(error));
  assert.equal(error.kind, kind, error.message);
  assert.match(error.message, message);
  assert.doesNotMatch(error.message, /\n/);
  return true;
};

/** Nothing but whole images is left. */
function assertTidy({ place }: Opened, images: number): void {
  assert.deepEqual(readdirSync(join(place, 'drafts')), []);
  assert.equal(readdirSync(join(place, 'unpacked')).length, images);
}

describe('an image in a registry', { skip }, () => {
  it('is unpacked once, and belongs to who runs the server', async (t) => {
    const registry = await startRegistry(t);
    const name = registry.push(layouts.first, 'team/app:1');
    const opened = open(t);
    const first = await bring(opened, name);
    assert.deepEqual([first.hello, first.isDownload], ['first', true]);
    const stat = lstatSync(join(first.image.root, 'bin/busybox'));
    assert.deepEqual(
      [stat.uid, stat.gid, stat.mode & 0o777],
      [process.getuid?.(), process.getgid?.(), 0o755],
    );
    const again = await bring(opened, name);
    assert.deepEqual([again.image.root, again.isDownload], [first.image.root, false]);
    await opened.images.close();
    assertTidy(opened, 1);
  });

  it('is the one that a tag means now', async (t) => {
    const registry = await startRegistry(t);
    const opened = open(t);
    const name = registry.push(layouts.first, 'app:latest');
    const old = await bring(opened, name);
    registry.push(layouts.second, 'app:latest');
    assert.equal((await bring(opened, name)).hello, 'second');
    assert.equal(textIn(old.image.root), 'first', 'who has the old one keeps it');
    registry.push(layouts.first, 'app:latest');
    assert.deepEqual([(await bring(opened, name)).isDownload], [false], 'each is unpacked once');
  });

  it('of a digest needs no registry once it stands here', async (t) => {
    const registry = await startRegistry(t);
    registry.push(layouts.first, 'app:1');
    const opened = open(t);
    const digest = run('skopeo', 'inspect', '--format', '{{.Digest}}', `oci:${layouts.first}:it`).trim();
    const name = `${registry.host}/app@${digest}`;
    assert.equal((await bring(opened, name)).image.digest, digest);
    assert.equal((await bring(opened, `${registry.host}/app:1@${digest}`)).isDownload, false);
    registry.stop();
    assert.equal((await bring(opened, name)).hello, 'first');
  });

  it('for several platforms is the one for this machine', async (t) => {
    const registry = await startRegistry(t);
    registry.push(layouts.first, 'app:own');
    registry.push(layouts.foreign, 'app:foreign');
    const manifests = [
      await descriptor(registry.host, 'foreign', OTHER_ARCHITECTURE),
      await descriptor(registry.host, 'own', machineArchitecture()),
    ];
    await putIndex(registry.host, 'all', manifests);
    await putIndex(registry.host, 'others', manifests.slice(0, 1));
    const opened = open(t);
    const { image, hello } = await bring(opened, `${registry.host}/app:all`);
    assert.deepEqual([hello, image.digest], ['first', manifests[1]?.digest]);
    const wrong = new RegExp(`is for linux/${OTHER_ARCHITECTURE}, and this machine is linux/`);
    for (const tag of ['others', 'foreign']) {
      await assert.rejects(bring(opened, `${registry.host}/app:${tag}`), isFault('wrong platform', wrong));
    }
    await opened.images.close();
    assertTidy(opened, 1);
  });

  it('that does not exist is named with what the registry says', async (t) => {
    const registry = await startRegistry(t);
    registry.push(layouts.second, 'app:1');
    const opened = open(t);
    const nowhere = `sha256:${'0'.repeat(64)}`;
    for (const name of ['app:2', 'none:1', `app@${nowhere}`]) {
      const full = `${registry.host}/${name}`;
      await assert.rejects(bring(opened, full), isFault('not found', /manifest unknown/));
    }
    registry.stop();
    await assert.rejects(
      bring(opened, `${registry.host}/app:1`),
      isFault('unreachable', /connection refused/),
    );
    assertTidy(opened, 0);
  });

  it('is the one that a tag was last when the registry is down, if the settings say so', async (t) => {
    const registry = await startRegistry(t);
    const name = registry.push(layouts.first, 'app:1');
    const opened = open(t, { pull: 'whenReachable' });
    await bring(opened, name);
    registry.stop();
    assert.equal((await bring(opened, name)).hello, 'first');
    await assert.rejects(bring(opened, `${registry.host}/app:2`), isFault('unreachable', /refused/));
    const strict = open(t, { pull: 'always' }, opened.place);
    await assert.rejects(bring(strict, name), isFault('unreachable', /refused/));
  });
});

describe('a registry with a password', { skip }, () => {
  const account = { username: 'user', password: 'pass:word' };

  it('is asked with what a credentials provider answers', async (t) => {
    const registry = await startRegistry(t, account);
    const name = registry.push(layouts.second, 'app:1');
    const opened = open(t);
    await assert.rejects(bring(opened, name), isFault('denied', /unauthorized|authentication required/));
    const wrong = async () => ({ ...account, password: 'wrong' });
    await assert.rejects(bring(opened, name, { credentials: wrong }), isFault('denied', /unauthorized/));
    const { hello } = await bring(opened, name, { credentials: async () => account });
    assert.equal(hello, 'second');
    await opened.images.close();
    assertTidy(opened, 1);
  });

  it('is asked with Docker’s own configuration, credential helpers included', async (t) => {
    const registry = await startRegistry(t, account);
    const name = registry.push(layouts.second, 'app:1');
    const home = scratch(t);
    mkdirSync(join(home, '.docker'));
    const helper = join(home, 'docker-credential-test');
    const answer = JSON.stringify({ ServerURL: registry.host, Username: 'user', Secret: 'pass:word' });
    writeFileSync(helper, `#!/bin/sh\ncat > /dev/null\necho '${answer}'\n`);
    chmodSync(helper, 0o755);
    const auth = Buffer.from('user:pass:word').toString('base64');
    const configurations = [
      { auths: { [registry.host]: { auth } } },
      { credHelpers: { [registry.host]: 'test' } },
    ];
    const { HOME, PATH } = process.env;
    t.after(() => Object.assign(process.env, { HOME, PATH }));
    Object.assign(process.env, { HOME: home, PATH: `${home}:${PATH}` });
    for (const configuration of configurations) {
      writeFileSync(join(home, '.docker/config.json'), JSON.stringify(configuration));
      assert.equal((await bring(open(t), name)).hello, 'second');
    }
  });
});

describe('an image of this machine', { skip }, () => {
  it('is a layout or an archive', async (t) => {
    const place = scratch(t);
    const [oci, docker] = [join(place, 'oci.tar'), join(place, 'docker.tar')];
    run('skopeo', '--insecure-policy', 'copy', '-q', `oci:${layouts.first}:it`, `oci-archive:${oci}:it`);
    run(
      'skopeo',
      '--insecure-policy',
      'copy',
      '-q',
      `oci:${layouts.second}:it`,
      `docker-archive:${docker}:app:1`,
    );
    const opened = open(t);
    const stored = [
      [{ oci: `${layouts.first}:it` }, 'first', true],
      [{ oci: layouts.first }, 'first', false],
      [{ ociArchive: `${oci}:it` }, 'first', false],
      [{ dockerArchive: docker }, 'second', true],
      [{ dockerArchive: `${docker}:app:1` }, 'second', false],
    ] as const;
    for (const [image, expected, isNew] of stored) {
      const { hello, isDownload } = await bring(opened, 'x', { source: storedSource('mine', image) });
      assert.deepEqual([hello, isDownload], [expected, isNew], JSON.stringify(image));
    }
    for (const image of [
      { oci: `${layouts.first}:none` },
      { oci: '/nonexistent' },
      { ociArchive: '/none.tar' },
    ]) {
      const order = { source: storedSource('mine', image) };
      await assert.rejects(bring(opened, 'x', order), isFault('not found', /^mine: /));
    }
  });
});

describe('several jobs at once', { skip }, () => {
  it('share one pull', async (t) => {
    const registry = await startRegistry(t);
    const name = registry.push(layouts.first, 'app:1');
    const opened = open(t);
    const before = blobReads(registry.requests);
    const all = await Promise.all([1, 2, 3, 4].map(() => bring(opened, name)));
    assert.equal(new Set(all.map(({ image }) => image.root)).size, 1);
    // The configuration twice, once to look at it and once to copy it, and the layer.
    assert.equal(blobReads(registry.requests) - before, 3);
  });

  it('end a pull only when none of them waits for it any more', async (t) => {
    const tools = hangingTool(t, 'umoci');
    const registry = await startRegistry(t);
    const name = registry.push(layouts.first, 'app:1');
    const opened = open(t);
    const jobs = [new AbortController(), new AbortController()];
    const brought = jobs.map(({ signal }) => bring(opened, name, { signal }));
    const ends = brought.map((each) =>
      each.then(
        () => 'brought',
        (error: Error) => error.message,
      ),
    );
    await tools.reached();
    jobs[0]?.abort(new Error('stopped'));
    assert.equal(await ends[0], 'stopped');
    assert.equal(tools.isRunning(), true);
    jobs[1]?.abort(new Error('stopped too'));
    assert.equal(await ends[1], 'stopped too');
    while (tools.isRunning()) await wait(5);
    tools.remove();
    assert.equal((await bring(opened, name)).hello, 'first');
    await opened.images.close();
    while (readdirSync(join(opened.place, 'drafts')).length > 0) await wait(5);
    assertTidy(opened, 1);
  });
});

describe('a server that is killed', { skip }, () => {
  for (const tool of ['skopeo', 'umoci'] as const) {
    it(`in the middle of ${tool} leaves no half image and no process behind`, async (t) => {
      const registry = await startRegistry(t);
      const name = registry.push(layouts.first, 'app:1');
      const tools = hangingTool(t, tool);
      const place = join(scratch(t), 'images');
      const server = startServer(t, place, name);
      await tools.reached();
      server.kill('SIGKILL');
      while (tools.isRunning()) await wait(5);
      tools.remove();
      const opened = open(t, {}, place);
      assert.deepEqual(readdirSync(join(place, 'unpacked')), []);
      assert.equal((await bring(opened, name)).hello, 'first');
      await opened.images.close();
      assertTidy(opened, 1);
    });
  }

  it('after the image was there leaves it to the next', async (t) => {
    const registry = await startRegistry(t);
    const name = registry.push(layouts.first, 'app:1');
    const place = join(scratch(t), 'images');
    const server = startServer(t, place, name);
    await new Promise((resolve) => server.stdout?.once('data', resolve));
    server.kill('SIGKILL');
    assert.equal((await bring(open(t, {}, place), name)).isDownload, false);
  });
});

describe('a machine that was started anew', { skip }, () => {
  it('has the images that were brought to the disk, and no others', async (t) => {
    const registry = await startRegistry(t);
    const name = registry.push(layouts.first, 'app:1');
    const opened = open(t);
    const { image } = await bring(opened, name);
    const home = join(image.root, '..');
    while (!existsSync(join(home, PLACES.kept))) await wait(5);
    await opened.images.close();
    const record = JSON.parse(readFileSync(join(home, PLACES.record), 'utf8')) as object;
    writeFileSync(join(home, PLACES.record), JSON.stringify({ ...record, bootId: ANOTHER_BOOT }));
    const next = open(t, {}, opened.place);
    assert.equal((await bring(next, name)).isDownload, false);
    await next.images.close();
    rmSync(join(home, PLACES.kept));
    const last = open(t, {}, opened.place);
    assert.equal(last.images.find(image.digest), undefined);
    assert.equal((await bring(last, name)).isDownload, true);
  });
});

describe('a full disk', { skip: skip || (process.getuid?.() === 0 ? false : 'needs root') }, () => {
  it('is named, and nothing is left on it', async (t) => {
    const registry = await startRegistry(t);
    const name = registry.push(layouts.first, 'app:1');
    const disk = scratch(t);
    for (const kilobytes of [300, 3000]) {
      run('mount', '-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'trainyard-test', disk);
      try {
        const opened = open(t, {}, join(disk, 'images'));
        await assert.rejects(bring(opened, name), isFault('disk full', /no space left on device/));
        await opened.images.close();
        assertTidy(opened, 0);
      } finally {
        run('umount', disk);
      }
    }
  });
});

describe('what is not used any more', { skip }, () => {
  const DAY = 24 * 60 * 60 * 1000;

  it('is removed when it is too old, or the longest unused when it is too much', async (t) => {
    const registry = await startRegistry(t);
    const names = ['first', 'second'] as const;
    const pushed = names.map((name) => registry.push(layouts[name], `${name}:1`));
    const place = join(scratch(t), 'images');
    const filling = open(t, {}, place);
    const user = join(place, 'instance');
    const homes: string[] = [];
    for (const name of pushed) homes.push(join((await bring(filling, name)).image.root, '..'));
    for (const home of homes) while (!existsSync(join(home, PLACES.kept))) await wait(5);
    await filling.images.close();
    const standing = () => homes.map((home) => existsSync(home));
    const usedAgo = (ages: readonly number[]) => {
      for (const [index, age] of ages.entries()) {
        writeFileSync(join(homes[index] ?? '', PLACES.used), String(Date.now() - age));
      }
    };
    const reclaim = async (cache: ImageSettings['cache']) => {
      const opened = open(t, { cache }, place);
      await opened.images.reclaim();
      await opened.images.close();
    };

    usedAgo([40 * DAY, 40 * DAY]);
    await reclaim({ maxGB: 1e-9, maxUnusedDays: 1 });
    assert.deepEqual(standing(), [true, true], 'an instance has them');
    rmSync(user);
    usedAgo([1 * DAY, 2 * DAY]);
    await reclaim({ maxGB: 100, maxUnusedDays: 3 });
    assert.deepEqual(standing(), [true, true], 'neither too old nor too much');
    const bytes = (home: string | undefined) =>
      (JSON.parse(readFileSync(join(home ?? '', PLACES.kept), 'utf8')) as { bytes: number }).bytes;
    await reclaim({ maxGB: (bytes(homes[0]) + 1) / 1024 ** 3, maxUnusedDays: 3 });
    assert.deepEqual(standing(), [true, false], 'the longest unused one goes first');
    usedAgo([4 * DAY]);
    rmSync(homes[1] ?? '', { recursive: true, force: true });
    await reclaim({ maxGB: 100, maxUnusedDays: 3 });
    assert.deepEqual(standing(), [false, false], 'too old');
  });
});

describe('an image that is just being given to an instance', () => {
  it('keeps the note of that, by which it stays', async (t) => {
    const unpacked = scratch(t);
    const folder = join(unpacked, 'image');
    const note = join(folder, PLACES.uses, 'note');
    mkdirSync(join(folder, PLACES.uses), { recursive: true });
    writeFileSync(note, join(unpacked, 'not-taken-yet'));
    writeFileSync(join(folder, PLACES.kept), '{"bytes":1}');
    writeFileSync(join(folder, PLACES.used), '0');
    const rules = { maxGB: 1, maxUnusedDays: 1, now: Date.now(), discard: assert.fail };
    await reclaimImages(unpacked, { ...rules, isHeld: () => true });
    assert.ok(existsSync(note));
    await reclaimImages(unpacked, { ...rules, maxUnusedDays: 1e9, isHeld: () => false });
    assert.ok(!existsSync(note));
  });
});

describe('umoci, whose threads may meet in one checksum', { skip }, () => {
  it('is run with one when it died of that, in a folder without what it left', async (t) => {
    const dies = (real: string) =>
      `#!/bin/sh\n[ "$GOMAXPROCS" = 1 ] && exec ${real} "$@"\nfor to; do :; done\nmkdir "$to"\necho > "$to/hello"\necho 'panic: d.nx != 0' >&2\nexit 2\n`;
    toolBefore(t, 'umoci', scratch(t), dies);
    const registry = await startRegistry(t);
    assert.equal((await bring(open(t), registry.push(layouts.first, 'app:1'))).hello, 'first');
  });
});

function startServer(t: TestContext, place: string, name: string): ChildProcess {
  const program = new URL('./bringing-server.fixture.ts', import.meta.url).pathname;
  const server = spawn(process.execPath, [program, place, name], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => server.kill('SIGKILL'));
  return server;
}

/** Puts a script before one of the machine's tools, whose path it is told. Returns what removes it before the test is over. */
function toolBefore(
  t: TestContext,
  name: 'skopeo' | 'umoci',
  place: string,
  script: (real: string) => string,
): () => void {
  const text = script(run('sh', '-c', `command -v ${name}`).trim());
  mkdirSync(join(place, 'bin'));
  writeFileSync(join(place, 'bin', name), text, { mode: 0o755 });
  const { PATH } = process.env;
  process.env.PATH = `${join(place, 'bin')}:${PATH}`;
  const remove = () => {
    process.env.PATH = PATH;
  };
  t.after(remove);
  return remove;
}

/** Puts a tool before the machine's that does its work and then hangs, until `remove`. */
function hangingTool(t: TestContext, name: 'skopeo' | 'umoci') {
  const place = scratch(t);
  const mark = `hanging-${createHash('sha256').update(place).digest('hex').slice(0, 12)}`;
  const reached = join(place, 'reached');
  run('mkfifo', join(place, 'fifo'));
  const remove = toolBefore(t, name, place, (real) => {
    // skopeo first looks the image up, which is to work.
    const works = name === 'skopeo' ? `case "$*" in *copy*) ;; *) exec ${real} "$@" ;; esac` : '';
    return `#!/bin/sh\n${works}\n${real} "$@" > /dev/null 2>&1\necho > ${reached}\nexec sh -c 'read never' ${mark} < ${join(place, 'fifo')}\n`;
  });
  return {
    remove,
    async reached() {
      while (!existsSync(reached)) await wait(5);
    },
    /** A process that was started by it, or it itself. */
    isRunning: () => processes().some((pid) => commandOf(pid).includes(place)),
  };
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

const blobReads = (requests: readonly string[]) =>
  requests.filter(
    (line) => line.includes('method=GET') && line.includes('/blobs/') && line.includes('response completed'),
  ).length;

async function descriptor(host: string, tag: string, architecture: string) {
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const response = await fetch(`http://${host}/v2/app/manifests/${tag}`, { headers: { accept: mediaType } });
  const bytes = Buffer.from(await response.arrayBuffer());
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  return { mediaType, digest, size: bytes.length, platform: { os: 'linux', architecture } };
}

async function putIndex(host: string, tag: string, manifests: readonly object[]): Promise<void> {
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const response = await fetch(`http://${host}/v2/app/manifests/${tag}`, {
    method: 'PUT',
    headers: { 'content-type': mediaType },
    body: JSON.stringify({ schemaVersion: 2, mediaType, manifests }),
  });
  assert.equal(response.status, 201, await response.text());
}
