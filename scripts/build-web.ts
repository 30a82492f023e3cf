// Builds the page: web/ becomes a script and a stylesheet in dist-web/, named by their content, and a manifest that names them.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';

const root = join(import.meta.dirname, '..');
const output = join(root, 'dist-web');

/** The package is installed without what builds it: the page was built before it was packed. */
const canBuild = existsSync(join(root, 'web')) && existsSync(join(root, 'node_modules', 'esbuild'));
if (!canBuild && process.argv.includes('--if-possible')) process.exit(0);
const { build } = await import('esbuild');

/** The server reads the model's files from the disk; in the page they are part of the script. */
const modelInScript: Plugin = {
  name: 'model-in-script',
  setup: ({ onResolve }) => {
    onResolve({ filter: /\/model-data\.ts$/ }, ({ resolveDir }) =>
      basename(resolveDir) === 'model' && basename(dirname(resolveDir)) === 'src'
        ? { path: join(root, 'web', 'model-data.ts') }
        : undefined,
    );
  },
};

rmSync(output, { recursive: true, force: true });
mkdirSync(output, { recursive: true });
const { metafile } = await build({
  entryPoints: [join(root, 'web', 'main.tsx')],
  outdir: output,
  entryNames: 'page-[hash]',
  bundle: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  minify: true,
  legalComments: 'linked',
  metafile: true,
  plugins: [modelInScript],
  logLevel: 'warning',
});
const files = Object.keys(metafile.outputs).map((path) => basename(path));
const nameOf = (ending: string) => files.find((name) => name.endsWith(ending)) ?? '';
const manifest = { script: nameOf('.js'), style: nameOf('.css'), files };
writeFileSync(join(output, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
console.log(`built dist-web/${manifest.script} and dist-web/${manifest.style}`);
