import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  BadImageReference,
  fullName,
  fullNameOrText,
  parseImageReference,
  pinnedName,
} from './image-reference.ts';

const SHA256 = `sha256:${'0a'.repeat(32)}`;
const SHA512 = `sha512:${'0a'.repeat(64)}`;

describe('a legal name', () => {
  const table: readonly (readonly [string, string])[] = [
    ['busybox', 'docker.io/library/busybox:latest'],
    ['busybox:1.36', 'docker.io/library/busybox:1.36'],
    [`busybox@${SHA256}`, `docker.io/library/busybox@${SHA256}`],
    [`busybox:1.36@${SHA256}`, `docker.io/library/busybox:1.36@${SHA256}`],
    [`busybox@${SHA512}`, `docker.io/library/busybox@${SHA512}`],
    ['team/app', 'docker.io/team/app:latest'],
    ['a/b/c/d:x', 'docker.io/a/b/c/d:x'],
    ['docker.io/busybox', 'docker.io/library/busybox:latest'],
    ['index.docker.io/busybox', 'docker.io/library/busybox:latest'],
    ['docker.io/library/busybox', 'docker.io/library/busybox:latest'],
    ['localhost/app', 'localhost/app:latest'],
    ['localhost:5000/app:1', 'localhost:5000/app:1'],
    ['127.0.0.1:5000/a/b', '127.0.0.1:5000/a/b:latest'],
    ['[::1]:5000/app', '[::1]:5000/app:latest'],
    ['[2001:db8::1]/app:1', '[2001:db8::1]/app:1'],
    ['registry.example/app', 'registry.example/app:latest'],
    ['REGISTRY/app', 'REGISTRY/app:latest'],
    ['Registry.Example:443/app', 'Registry.Example:443/app:latest'],
    ['xn--bcher-kva.example/app', 'xn--bcher-kva.example/app:latest'],
    ['app:5000', 'docker.io/library/app:5000'],
    ['a__b/c-d.e_f--g', 'docker.io/a__b/c-d.e_f--g:latest'],
    ['app:_Tag.With-Signs', 'docker.io/library/app:_Tag.With-Signs'],
    [`app:${'t'.repeat(128)}`, `docker.io/library/app:${'t'.repeat(128)}`],
    [`r.example/${'a'.repeat(245)}`, `r.example/${'a'.repeat(245)}:latest`],
    [
      '763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.3.0-cpu-py311-ubuntu20.04-sagemaker',
      '763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.3.0-cpu-py311-ubuntu20.04-sagemaker',
    ],
    ['trainyard/host:latest', 'docker.io/trainyard/host:latest'],
    ['deadbeef', 'docker.io/library/deadbeef:latest'],
  ];
  for (const [text, full] of table) {
    it(`${text.slice(0, 60)} is ${full.slice(0, 60)}`, () => {
      assert.equal(fullName(parseImageReference(text)), full);
    });
  }
});

describe('an illegal name', () => {
  const table: readonly (readonly [string, RegExp])[] = [
    ['', /it is empty/],
    [':tag', /'library\/'|no repository/],
    [`@${SHA256}`, /no repository/],
    ['Busybox', /no capital letters/],
    ['team/App', /no capital letters/],
    ['docker.io/', /no repository/],
    ['registry.example/', /no repository/],
    ['/app', /'\/app' can't be a repository/],
    ['app/', /'app\/' can't be a repository/],
    ['a//b', /'a\/\/b' can't be a repository/],
    ['-app', /can't be a repository/],
    ['app-', /can't be a repository/],
    ['a..b', /can't be a repository/],
    ['a___b', /can't be a repository/],
    ['a._b', /can't be a repository/],
    ['app:', /'' can't be a tag/],
    ['app:-x', /'-x' can't be a tag/],
    ['app:.x', /'.x' can't be a tag/],
    [`app:${'t'.repeat(129)}`, /can't be a tag/],
    ['app:a b', /can't be a tag/],
    ['app: ', /can't be a tag/],
    ['app\n', /can't be a repository/],
    ['a b', /can't be a repository/],
    ['äpp', /can't be a repository/],
    ['app@', /'' can't be a digest/],
    ['app@sha256', /'sha256' can't be a digest/],
    ['app@sha256:', /can't be a digest/],
    ['app@sha256:abcd', /has 64 hexadecimal digits/],
    [`app@${SHA256.toUpperCase().replace('SHA', 'sha')}`, /without capital letters/],
    [`app@${SHA256}0`, /has 64 hexadecimal digits/],
    [`app@md5:${'a'.repeat(32)}`, /kind 'md5'/],
    [`app@constructor:${'a'.repeat(32)}`, /kind 'constructor'/],
    [`app@${SHA256}@${SHA256}`, /can't be a digest/],
    [`app@${SHA256}:tag`, /can't be a digest/],
    ['a'.repeat(64), /id of an image/],
    ['registry.example:port/app', /can't be a registry/],
    ['registry.example:/app', /can't be a registry/],
    ['-registry.example/app', /can't be a registry/],
    ['registry..example/app', /can't be a registry/],
    ['[::1/app', /can't be a registry/],
    ['::1:5000/app', /can't be a registry/],
    ['https://registry.example/app', /can't be a registry/],
    ['docker://busybox', /can't be a registry/],
    ['user@registry.example/app', /can't be a digest/],
    [`r.example/${'a'.repeat(256)}`, /at most 255/],
  ];
  for (const [text, why] of table) {
    it(`${JSON.stringify(text).slice(0, 60)}: ${why.source}`, () => {
      assert.throws(
        () => parseImageReference(text),
        (error) => {
          assert.ok(error instanceof BadImageReference);
          assert.match(error.message, why);
          assert.doesNotMatch(error.message, /\n/);
          return true;
        },
      );
    });
  }
});

const letters = (alphabet: string, min: number, max: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength: min, maxLength: max });
const word = letters('abcxyz019', 1, 6);
const part = fc
  .tuple(word, fc.array(fc.tuple(fc.constantFrom('.', '_', '__', '-', '---'), word), { maxLength: 2 }))
  .map(([first, rest]) => first + rest.flat().join(''));
const reference = fc.record(
  {
    registry: fc.oneof(
      fc.constantFrom('localhost', 'localhost:5000', '[::1]:5000', '[fe80::1]'),
      fc
        .tuple(word, word, fc.option(fc.nat(65535)))
        .map(([a, b, port]) => `${a}.${b}${port === null ? '' : `:${port}`}`),
    ),
    repository: fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')),
    tag: fc.tuple(letters('aZ0_', 1, 1), letters('aZ0_.-', 0, 20)).map((halves) => halves.join('')),
    digest: letters('0123456789abcdef', 64, 64).map((hex) => `sha256:${hex}`),
  },
  { requiredKeys: ['registry', 'repository'] },
);

describe('every name', () => {
  it('is read back as what it was made of', () => {
    fc.assert(
      fc.property(reference, (made) => {
        const tag = made.tag === undefined && made.digest === undefined ? { tag: 'latest' } : {};
        assert.deepEqual(parseImageReference(fullName(made)), { ...made, ...tag });
      }),
    );
  });

  it('is read as something legal, or refused in one line, and its full name is its own full name', () => {
    const text = fc.string({ unit: fc.constantFrom(...'abAB019.:/@_-[] '), maxLength: 40 });
    fc.assert(
      fc.property(text, (given) => {
        const full = fullNameOrText(given);
        assert.equal(fullNameOrText(full), full);
      }),
    );
  });
});

it('an image can be named by its digest alone', () => {
  assert.equal(pinnedName(parseImageReference('busybox:1'), SHA256), `docker.io/library/busybox@${SHA256}`);
});
