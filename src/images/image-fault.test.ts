import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultKindOf, faultOf, type ImageFaultKind, imageFailure } from './image-fault.ts';

/** Word for word what the tools say. */
const complaints: readonly (readonly [ImageFaultKind, string])[] = [
  [
    'not found',
    'time="2026-11-21T20:41:10Z" level=fatal msg="Error parsing image name \\"docker://127.0.0.1:35533/app:2\\": reading manifest 2 in 127.0.0.1:35533/app: manifest unknown: manifest unknown"',
  ],
  ['not found', 'Error parsing image name "oci:lay:nope": no descriptor found for reference "nope"'],
  ['not found', 'Error parsing image name "oci:/none/lay:t": lstat /none: no such file or directory'],
  ['not found', 'Error retrieving manifest for image: Tag "docker.io/library/nope:1" not found'],
  ['not found', '(HTTP code 404) unexpected - manifest for app:9 not found: manifest unknown'],
  [
    'denied',
    'Error parsing image name "docker://r/app:1": reading manifest 1 in r/app: unauthorized: authentication required',
  ],
  [
    'denied',
    'pull access denied for app, repository does not exist or may require docker login: denied: requested access to the resource is denied',
  ],
  ['denied', 'unable to retrieve auth token: invalid username/password: unauthorized: incorrect username'],
  [
    'unreachable',
    'pinging container registry 127.0.0.1:1: Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused',
  ],
  [
    'unreachable',
    'pinging container registry r.invalid: Get "https://r.invalid/v2/": dial tcp: lookup r.invalid on 10.0.0.1:53: no such host',
  ],
  ['unreachable', 'Get "https://127.0.0.1:5/v2/": http: server gave HTTP response to HTTPS client'],
  ['unreachable', 'Get "https://r/v2/": x509: certificate signed by unknown authority'],
  ['disk full', 'writing blob: write small/l/oci-put-blob4136508909: no space left on device'],
  [
    'disk full',
    '⨯ create rootfs: unpack layer: unpack entry: bin/busybox: short write: write r/bin/busybox: no space left on device',
  ],
  [
    'wrong platform',
    'choosing image instance: no image found in manifest list for architecture amd64, variant "", OS linux',
  ],
  ['wrong platform', 'no matching manifest for linux/amd64 in the manifest list entries'],
  ['broken', 'unpack layer: unsupported layer type application/vnd.oci.image.layer.v1.tar+zstd'],
  ['unknown', 'signal: killed'],
];

describe('the kind of a fault', () => {
  for (const [kind, complaint] of complaints) {
    it(`is "${kind}" of: ${complaint.slice(-60)}`, () => assert.equal(faultKindOf(complaint), kind));
  }

  it('is not read from digests and ports', () => {
    const digest = `sha256:${'401404'.repeat(10)}4031`;
    assert.equal(faultKindOf(`image r.example:4040/app@${digest} is odd`), 'unknown');
  });
});

describe('the reason that a job fails with', () => {
  it('is one line: SageMaker’s words, the image and the tool’s own message', () => {
    const [, complaint = ''] = complaints[0] ?? [];
    assert.equal(
      imageFailure(faultOf('127.0.0.1:35533/app:2', `some progress\n${complaint}\n`)),
      'Cannot pull algorithm container. Either the image does not exist or its permissions are incorrect. ' +
        '127.0.0.1:35533/app:2: Error parsing image name "docker://127.0.0.1:35533/app:2": reading manifest 2 in ' +
        '127.0.0.1:35533/app: manifest unknown: manifest unknown.',
    );
  });

  it('tells what to configure when the image is one of Amazon’s', () => {
    const image = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1';
    assert.match(imageFailure(faultOf(image, 'no such host')), /no such host\. The setting images\.names /);
    assert.doesNotMatch(imageFailure(faultOf('app:1', 'no such host')), /images\.names/);
  });

  it('does not say that an image does not exist when the disk is full', () => {
    const reason = imageFailure(faultOf('app:1', '  ⨯ unpack: no space left on device'));
    assert.equal(reason, 'Cannot pull algorithm container. app:1: unpack: no space left on device.');
  });

  it('is the headline where a tool breaks down', () => {
    const trace =
      'panic: send on closed channel\n\ngoroutine 1 [running]:\nmain.main()\n\tgunzip.go:379 +0x2aa\n';
    assert.match(imageFailure(faultOf('app:1', trace)), /app:1: panic: send on closed channel\.$/);
  });

  it('says that there was no message', () => {
    assert.match(imageFailure(faultOf('app:1', '\n')), /app:1: no reason was given\.$/);
  });
});
