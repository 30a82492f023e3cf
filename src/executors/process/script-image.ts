import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Mount } from '../runtime.ts';
import type { ImageConfig, ProcessConfig } from './config.ts';
import { realPath } from './real-path.ts';

/** The folder with the Python program that runs training scripts as SageMaker's training toolkit does. */
const RUNNER = fileURLToPath(new URL('../../script-mode/runner', import.meta.url));
const RUNNER_SEEN_AT = '/opt/trainyard/runner';
/** What a job installs: on the instance's disk, where every Python of the job looks for packages. */
const PACKAGES = '/opt/ml/.python';

/** Where programs are, unless an image says otherwise. */
export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Python as the images of the frameworks have it; pip installs for the job alone, since the machine's folders are read-only. */
const ENVIRONMENT = {
  PYTHONUNBUFFERED: '1',
  PYTHONDONTWRITEBYTECODE: '1',
  PYTHONUSERBASE: PACKAGES,
  PIP_USER: '1',
  PIP_BREAK_SYSTEM_PACKAGES: '1',
  PIP_ROOT_USER_ACTION: 'ignore',
  PIP_NO_CACHE_DIR: '1',
  PIP_NO_WARN_SCRIPT_LOCATION: '1',
};

/** What an image with `script` shows besides its files. */
export function scriptMounts(image: ImageConfig): readonly Mount[] {
  return image.script ? [{ source: RUNNER, target: RUNNER_SEEN_AT, readOnly: true }] : [];
}

/** As an image's ENTRYPOINT. Without a sandbox the runner is seen where it is. */
export function scriptEntrypoint(sandbox: ProcessConfig['sandbox']): readonly string[] {
  return ['python3', sandbox === 'none' ? RUNNER : RUNNER_SEEN_AT];
}

/** Names the Python that runs an image's scripts, where packages can be shown to it. It changes when another is installed. */
export function scriptPython(image: ImageConfig, sandbox: ProcessConfig['sandbox']): string | undefined {
  if (!image.script || sandbox === 'none') return undefined;
  const { PATH = DEFAULT_PATH } = image.environment;
  const found = PATH.split(':').map((folder) => realPath(join(image.root, folder, 'python3')));
  return JSON.stringify([image.root, found.find((path) => path !== undefined), image.environment]);
}

/** The image's environment, of which its settings win. */
export function withScriptEnvironment(environment: Readonly<Record<string, string>>): Record<string, string> {
  return {
    ...environment,
    ...ENVIRONMENT,
    PATH: `${PACKAGES}/bin:${environment.PATH}:${RUNNER_SEEN_AT}/bin`,
  };
}
