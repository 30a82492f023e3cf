import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What of this machine's own settings the programs in the image need. Its accounts and keys are the image's own. */
const SETTINGS = [
  ...['alternatives', 'ld.so.cache', 'login.defs', 'nsswitch.conf', 'openmpi', 'pam.d', 'python3'],
  ...['python3.11', 'security', 'ssh/sshd_config'],
];
const ACCOUNTS = {
  passwd:
    'root:x:0:0:root:/root:/bin/bash\nsshd:x:105:65534::/run/sshd:/usr/sbin/nologin\nnobody:x:65534:65534::/:/usr/sbin/nologin\n',
  group: 'root:x:0:\ntty:x:5:\nnogroup:x:65534:\n',
  shadow: 'root:*:19000:0:99999:7:::\nsshd:!:19000::::::\n',
};

/**
 * Makes the folder of an image as SageMaker's are, with this machine's programs: OpenSSH's daemon is set up, and root's key is in it, so that
 * its hosts let each other in. Returns what of the machine has to be shown in it.
 */
export function makeSshImage(root: string): readonly string[] {
  for (const folder of ['etc/ssh', 'root/.ssh', 'opt/ml', 'var/tmp', 'bin'])
    mkdirSync(join(root, folder), { recursive: true });
  for (const name of SETTINGS) {
    if (!existsSync(join('/etc', name))) continue;
    mkdirSync(dirname(join(root, 'etc', name)), { recursive: true });
    cpSync(join('/etc', name), join(root, 'etc', name), { recursive: true, verbatimSymlinks: true });
  }
  for (const [name, text] of Object.entries(ACCOUNTS)) writeFileSync(join(root, 'etc', name), text);
  // Looked for in the image itself, though this machine's will be shown.
  copyFileSync('/bin/sh', join(root, 'bin/sh'));
  for (const name of ['hosts', 'resolv.conf']) writeFileSync(join(root, 'etc', name), '');
  // The toolkit writes to it, and the image of a folder is read-only.
  symlinkSync('/tmp/environment', join(root, 'etc/environment'));
  makeKey('ed25519', join(root, 'etc/ssh/ssh_host_ed25519_key'));
  const ssh = join(root, 'root/.ssh');
  makeKey('rsa', join(ssh, 'id_rsa'));
  cpSync(join(ssh, 'id_rsa.pub'), join(ssh, 'authorized_keys'));
  writeFileSync(join(ssh, 'config'), 'Host *\n  StrictHostKeyChecking no\n', { mode: 0o600 });
  return ['/usr', '/bin', '/sbin', '/lib', '/lib64'].filter(existsSync);
}

function makeKey(type: string, path: string): void {
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', path]);
}
