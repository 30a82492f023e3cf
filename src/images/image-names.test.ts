import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { meantImage, nameMapComplaint } from './image-names.ts';

describe('the image that is meant', () => {
  const names = {
    'my/app': 'registry.example/app:2',
    '*pytorch-training*': 'my/pytorch:2',
    '*.dkr.ecr.*.amazonaws.com/*': 'registry.example:5000/ecr/$3',
    'docker.io/*': 'mirror.example/$1',
    'public.ecr.aws/my/app:1': 'my/app:1',
  };
  const table: readonly (readonly [string, string, string])[] = [
    ['an exact name', 'my/app', 'registry.example/app:2'],
    ['the same name in full', 'docker.io/my/app:latest', 'registry.example/app:2'],
    ['an exact name before a pattern', 'public.ecr.aws/my/app:1', 'my/app:1'],
    [
      'the first pattern that fits',
      '763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.3-cpu',
      'my/pytorch:2',
    ],
    [
      'what the stars stand for',
      '123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app:1',
      'registry.example:5000/ecr/team/app:1',
    ],
    ['a short name in full', 'busybox', 'mirror.example/library/busybox:latest'],
    ['a name with another tag is another', 'my/app:1', 'mirror.example/my/app:1'],
    ['itself, where nothing fits', 'quay.example/x:1', 'quay.example/x:1'],
    ['itself, where it is no legal name', 'Not A Name', 'Not A Name'],
  ];
  for (const [what, name, meant] of table) {
    it(`is that of ${what}`, () => assert.equal(meantImage(names, name), meant));
  }

  it('is found by patterns whose other signs mean themselves', () => {
    const sign = fc.constantFrom(...'ab.+$()[]^\\/?|');
    const text = fc.string({ unit: sign, maxLength: 8 });
    fc.assert(
      fc.property(text, text, text, (before, between, after) => {
        assert.equal(
          meantImage({ [`${before}*${after}`]: 'x/$1' }, before + between + after),
          `x/${between}`,
        );
        if (before !== '') {
          assert.equal(meantImage({ [`${before}*`]: 'x' }, `#${before}`), `#${before}`);
        }
      }),
    );
  });

  it('is no property that every object has', () => {
    assert.equal(meantImage({}, 'constructor'), 'constructor');
  });
});

describe('an entry that can’t be used', () => {
  const table: readonly (readonly [string, string, RegExp])[] = [
    ['a', '', /no image/],
    ['a*', 'b/$2', /repeats \$2.*has 1 \*/],
    ['a', 'b/$1', /repeats \$1.*has 0 \*/],
    ['a*', 'b/*', /repeated by \$1/],
    ['a*', 'b/$', /followed by the number/],
    ['a*', 'b/$0', /followed by the number/],
  ];
  for (const [pattern, target, why] of table) {
    it(`${pattern}: ${target}`, () => assert.match(nameMapComplaint(pattern, target) ?? '', why));
  }
  it('is none of the others', () => {
    assert.equal(nameMapComplaint('a*b*', 'c/$2/$1/$1'), undefined);
    assert.equal(nameMapComplaint('a', 'b'), undefined);
  });
});
