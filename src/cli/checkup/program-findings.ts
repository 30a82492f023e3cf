import { access, constants } from 'node:fs/promises';
import { findProgram } from '../../executors/process/find-program.ts';
import type { Finding } from './finding.ts';

const ANSWERS_WITHIN_MS = 3000;

/** Programs that not everybody needs: what for, and the Debian package that has each. */
const PROGRAMS = [
  { program: 'rclone', purpose: 'FastFile over another S3', packages: 'rclone' },
  { program: 'fusermount3', purpose: 'FastFile over another S3', packages: 'fuse3' },
  { program: 'skopeo', purpose: 'images from registries', packages: 'skopeo' },
  { program: 'umoci', purpose: 'images from registries', packages: 'umoci' },
] as const;

/** What there is besides the sandbox. None of it is needed to run jobs. */
export async function programFindings(): Promise<Finding[]> {
  return [
    ...PROGRAMS.map(({ program, purpose, packages }): Finding => {
      const path = findProgram(program);
      if (path !== undefined) return { what: program, state: 'ok', found: path };
      const remedy = `For ${purpose}: apt-get install ${packages}`;
      return { what: program, state: 'absent', found: 'not installed', remedy };
    }),
    await fuseFinding(),
    await engineFinding(),
  ];
}

async function fuseFinding(): Promise<Finding> {
  const what = 'fuse';
  try {
    await access('/dev/fuse', constants.R_OK | constants.W_OK);
    return { what, state: 'ok', found: '/dev/fuse' };
  } catch {
    const remedy = 'For FastFile over another S3: modprobe fuse, or give a container the device /dev/fuse.';
    return { what, state: 'absent', found: '/dev/fuse can not be used', remedy };
  }
}

async function engineFinding(): Promise<Finding> {
  const what = 'containers';
  try {
    const { default: Docker } = await import('dockerode');
    const version = await new Docker({ timeout: ANSWERS_WITHIN_MS }).version();
    return { what, state: 'ok', found: `Docker's API ${version.ApiVersion}, engine ${version.Version}` };
  } catch {
    const remedy =
      'Sandboxes need none. To use one: start Docker or Podman, and name its socket in DOCKER_HOST.';
    return { what, state: 'absent', found: 'no engine answers', remedy };
  }
}
