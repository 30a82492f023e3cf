import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Algorithm } from '../runtime.ts';
import { HOST_IMAGE, type ImageConfig, processSettings, SCRIPT_IMAGE } from './config.ts';
import { commandOf, environmentOf } from './image.ts';

const algorithm: Algorithm = {
  id: '1',
  home: '/data/1',
  mlRoot: '/data/1/ml',
  image: 'it',
  environment: {},
  hostname: 'algo-1',
  hosts: [],
  networkIsolation: false,
  gpus: [],
  output: '/data/1/output',
};
const image: ImageConfig = { root: '/', environment: {}, workdir: '/', script: false, binds: [] };

describe('the command (training contract §1.1)', () => {
  const withEntrypoint = { ...image, entrypoint: ['python', 'main.py'] };
  const cases: [string, ImageConfig, Partial<Algorithm>, string[]][] = [
    ['neither is given', withEntrypoint, {}, ['python', 'main.py', 'train']],
    ['neither is given and the image has no entrypoint', image, {}, ['train']],
    ['an entrypoint is given', withEntrypoint, { entrypoint: ['bash', '-c'] }, ['bash', '-c']],
    ['arguments are given', withEntrypoint, { arguments: ['a', 'b'] }, ['python', 'main.py', 'a', 'b']],
    ['arguments are given and the image has no entrypoint', image, { arguments: ['a'] }, ['a']],
    ['both are given', withEntrypoint, { entrypoint: ['x'], arguments: ['a'] }, ['x', 'a']],
    [
      'both are given but empty',
      withEntrypoint,
      { entrypoint: [], arguments: [] },
      ['python', 'main.py', 'train'],
    ],
  ];
  for (const [when, of, given, expected] of cases) {
    it(`is ${expected.join(' ')} when ${when}`, () => {
      assert.deepEqual(commandOf(of, { ...algorithm, ...given }, 'bubblewrap'), expected);
    });
  }
});

describe('the environment', () => {
  it('is the job’s over the image’s over a few defaults', () => {
    const of = { ...image, workdir: '/work', environment: { A: 'image', B: 'image', PATH: '/image/bin' } };
    assert.deepEqual(environmentOf(of, { ...algorithm, environment: { B: 'job', HOME: '/opt/ml' } }), {
      A: 'image',
      B: 'job',
      HOME: '/opt/ml',
      HOSTNAME: 'algo-1',
      PATH: '/image/bin',
      PWD: '/work',
    });
  });

  it('can’t hold what no program could be given', () => {
    assert.throws(() => environmentOf(image, { ...algorithm, environment: { A: 'x\0y' } }), /A holds a NUL/);
    assert.throws(() => environmentOf(image, { ...algorithm, environment: { '': 'x' } }), /""/);
  });
});

describe('the settings', () => {
  it('are those of a machine that is its own image, when none are given', () => {
    assert.deepEqual(processSettings(6).parse({}), {
      sandbox: 'bubblewrap',
      gpus: 'required',
      network: 'auto',
      images: {
        [HOST_IMAGE]: { root: '/', environment: {}, workdir: '/', script: false, binds: [] },
        [SCRIPT_IMAGE]: { root: '/', environment: {}, workdir: '/', script: true, binds: [] },
      },
      hidden: [],
      maxInstances: 6,
    });
  });

  it('refuse what they don’t know and paths that could mean anything', () => {
    const settings = processSettings(1);
    for (const wrong of [
      { image: {} },
      { hidden: ['data'] },
      { images: { a: { root: '/a/../b' } } },
      { maxInstances: 0 },
    ]) {
      assert.equal(settings.safeParse(wrong).success, false, JSON.stringify(wrong));
    }
  });
});
