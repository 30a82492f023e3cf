// Builds what is published: JavaScript in dist/, because Node.js runs no TypeScript inside node_modules.
import { execFileSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

rmSync(dist, { recursive: true, force: true });
execFileSync(join(root, 'node_modules', '.bin', 'tsc'), ['--project', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
cpSync(join(root, 'src', 'model', 'data'), join(dist, 'model', 'data'), { recursive: true });
cpSync(join(root, 'src', 'script-mode', 'runner'), join(dist, 'script-mode', 'runner'), { recursive: true });
console.log('built dist/');
