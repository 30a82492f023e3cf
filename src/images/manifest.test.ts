import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { ImageFault } from './image-fault.ts';
import { imageDigest } from './manifest.ts';
import { ownPlatform, platformText, runsOn } from './platform.ts';

const amd64 = { os: 'linux', architecture: 'amd64' };
const digestOf = (letter: string) => `sha256:${letter.repeat(64)}`;
const bytes = (document: unknown) => Buffer.from(JSON.stringify(document));

function list(...platforms: readonly (readonly [string, object?])[]): Buffer {
  return bytes({
    schemaVersion: 2,
    manifests: platforms.map(([letter, platform]) => ({ digest: digestOf(letter), platform, size: 1 })),
  });
}

function isFault(kind: string, message: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof ImageFault);
    assert.equal(error.kind, kind);
    assert.match(error.message, message);
    return true;
  };
}

describe('the digest of an image', () => {
  it('is that of its manifest’s own bytes', () => {
    const manifest = Buffer.from('{ "config": {},\n "layers": [] }');
    const expected = `sha256:${createHash('sha256').update(manifest).digest('hex')}`;
    assert.equal(imageDigest('app', manifest, amd64), expected);
  });

  it('is the one in a list for the machine', () => {
    const platforms = list(['a', { os: 'linux', architecture: 'arm64', variant: 'v8' }], ['b', amd64]);
    assert.equal(imageDigest('app', platforms, amd64), digestOf('b'));
    assert.equal(imageDigest('app', platforms, { os: 'linux', architecture: 'arm64' }), digestOf('a'));
  });

  it('is the only one of a layout that names no platform', () => {
    assert.equal(imageDigest('app', list(['a']), amd64), digestOf('a'));
  });

  it('is none when a list has none for the machine, and the fault says for which it has', () => {
    const platforms = list(
      ['a', { os: 'linux', architecture: 'arm', variant: 'v7' }],
      ['b', { os: 'windows', architecture: 'amd64' }],
      ['c', { os: 'unknown', architecture: 'unknown' }],
    );
    assert.throws(
      () => imageDigest('app', platforms, amd64),
      isFault(
        'wrong platform',
        /^The image app is for linux\/arm\/v7, windows\/amd64, and this machine is linux\/amd64\.$/,
      ),
    );
    assert.throws(() => imageDigest('app', list(), amd64), isFault('wrong platform', /for no platform/));
  });

  it('is none of what is no manifest', () => {
    assert.throws(() => imageDigest('app', Buffer.from('<html>'), amd64), isFault('broken', /not JSON/));
    assert.throws(() => imageDigest('app', bytes({ manifests: 1 }), amd64), isFault('broken', /list/));
    const escaping = bytes({ manifests: [{ digest: 'sha256:../../x', platform: amd64 }] });
    assert.throws(() => imageDigest('app', escaping, amd64), isFault('broken', /list/));
  });
});

describe('the platform', () => {
  it('of this machine has OCI’s names', () => {
    assert.equal(platformText(ownPlatform('x64')), 'linux/amd64');
    assert.equal(platformText(ownPlatform('arm64')), 'linux/arm64');
    assert.equal(platformText(ownPlatform('riscv64')), 'linux/riscv64');
  });
  it('of another system is another', () => {
    assert.equal(runsOn({ os: 'windows', architecture: 'amd64' }, amd64), false);
    assert.equal(runsOn({ os: 'linux', architecture: 'amd64', variant: 'v3' }, amd64), true);
  });
});
