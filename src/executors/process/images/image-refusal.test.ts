import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { systemClock } from '../../../clock/system-clock.ts';
import { type ImageSettings, imageSettings } from '../../../images/image-settings.ts';
import { type ProcessConfig, processSettings } from '../config.ts';
import { createProcessRuntime } from '../process-runtime.ts';
import { scratch } from './test-images.fixture.ts';
import { UnpackedImages } from './unpacked-images.ts';

/** Why a name is refused, on a machine with or without the tools. */
function refusalOf(
  t: TestContext,
  name: string,
  { tools = true, ...own }: { tools?: boolean; settings?: object; process?: Partial<ProcessConfig> } = {},
): string | undefined {
  const folder = scratch(t);
  mkdirSync(join(folder, 'bin'));
  if (tools) {
    for (const tool of ['skopeo', 'umoci']) writeFileSync(join(folder, 'bin', tool), '', { mode: 0o755 });
  }
  const { PATH } = process.env;
  process.env.PATH = join(folder, 'bin');
  try {
    const settings: ImageSettings = imageSettings.parse(own.settings ?? {});
    const unpacked = new UnpackedImages({ folder, settings, clock: systemClock, log: () => {} });
    const config = processSettings(1).parse({ images: { 'my/folder': { root: '/x' } }, ...own.process });
    const runtime = createProcessRuntime(config, {
      clock: systemClock,
      hidden: [],
      images: { settings, unpacked },
    });
    return runtime.imageRefusal(name);
  } finally {
    process.env.PATH = PATH;
  }
}

describe('an image', () => {
  const stored = { images: { 'my/layout': { oci: '/images/layout' } } };

  it('that is configured is there, by its full name too, and through the map of names', (t) => {
    const names = { '*.dkr.ecr.*.amazonaws.com/mine:*': 'my/folder' };
    assert.equal(refusalOf(t, 'my/folder', { tools: false }), undefined);
    assert.equal(refusalOf(t, 'trainyard/host', { tools: false }), undefined);
    assert.equal(refusalOf(t, 'docker.io/trainyard/host:latest', { tools: false }), undefined);
    const ecr = '123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:7';
    assert.equal(refusalOf(t, ecr, { tools: false, settings: { names } }), undefined);
    assert.equal(refusalOf(t, 'my/layout', { process: stored }), undefined);
  });

  it('in a registry is there as far as can be known', (t) => {
    assert.equal(refusalOf(t, 'registry.example/app:1'), undefined);
  });

  it('is refused where it can’t be had, saying what to do', (t) => {
    const unknown = /^is not one of this deployment's images \(trainyard\/host:latest.*my\/folder\)/;
    const never = refusalOf(t, 'app', { settings: { pull: 'never' } }) ?? '';
    assert.match(never, unknown);
    assert.match(never, /: map it under executors\.process\.images$/);
    const bad = refusalOf(t, 'No Image') ?? '';
    assert.match(bad, unknown);
    assert.match(bad, /'No Image' is not the name of an image: .*can't be|no capital letters/);
    const without = refusalOf(t, 'app', { tools: false }) ?? '';
    assert.match(without, unknown);
    assert.match(without, /skopeo and umoci are not installed \(apt-get install skopeo umoci\)$/);
    assert.match(
      refusalOf(t, 'my/layout', { tools: false, process: stored }) ?? '',
      /^can't be brought here: skopeo/,
    );
    assert.match(refusalOf(t, 'app', { process: { sandbox: 'none' } }) ?? '', /without a sandbox/);
  });
});
