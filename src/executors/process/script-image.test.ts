import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { HOST_IMAGE, SCRIPT_IMAGE } from './config.ts';
import { exited, finished, instance, sandboxes, script, skip } from './sandbox-fixture.ts';

const CONFIG = {
  hyperparameters: { sagemaker_program: '"train.py"', epochs: '3' },
  resourceconfig: { current_host: 'algo-1', hosts: ['algo-1'] },
  inputdataconfig: {},
};

describe('the image that runs scripts', { skip }, () => {
  it('runs the script of /opt/ml/code with its hyperparameters', async (t) => {
    const own = instance(t, { image: SCRIPT_IMAGE });
    for (const folder of ['input/config', 'code', 'output', 'model'])
      mkdirSync(join(own.mlRoot, folder), { recursive: true });
    for (const [name, content] of Object.entries(CONFIG))
      writeFileSync(join(own.mlRoot, 'input/config', `${name}.json`), JSON.stringify(content));
    writeFileSync(
      join(own.mlRoot, 'code/train.py'),
      'import os, sys; open(os.environ["SM_MODEL_DIR"] + "/it", "w").write(" ".join(sys.argv[1:]))',
    );
    const { exit, output } = await finished(t, own);
    assert.deepEqual(exit, exited(0), output);
    assert.equal(readFileSync(join(own.mlRoot, 'model/it'), 'utf8'), '--epochs 3');
  });

  it('has a pip3 for those who ask for one, and its files can not be changed', async (t) => {
    const own = instance(t, {
      image: SCRIPT_IMAGE,
      ...script('command -v pip3 && ! touch /opt/trainyard/runner/x 2>/dev/null && echo $PYTHONUSERBASE'),
    });
    const { exit, output } = await finished(t, own);
    assert.deepEqual(exit, exited(0), output);
    assert.match(output, /pip3\n\/opt\/ml\/\.python\n$/);
  });
});

it('the Python of scripts is known of the images that run them', () => {
  assert.match(sandboxes.scriptPython(SCRIPT_IMAGE) ?? '', /python3/);
  assert.equal(sandboxes.scriptPython(HOST_IMAGE), undefined);
  assert.equal(sandboxes.scriptPython('no/image:1'), undefined);
});
