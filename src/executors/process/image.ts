import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import type { Algorithm } from '../runtime.ts';
import { RuntimeFault } from '../runtime.ts';
import { type ImageConfig, isFolder, type ProcessConfig } from './config.ts';
import type { ImageUser } from './images/image-user.ts';
import { withoutLinks } from './images/in-root.ts';
import { DEFAULT_PATH, scriptEntrypoint, withScriptEnvironment } from './script-image.ts';

const DEFAULT_ENVIRONMENT = {
  PATH: DEFAULT_PATH,
  HOME: '/root',
};

/** What an algorithm is run in. */
export interface Image extends ImageConfig {
  /** Who its programs run as. Only an image that was unpacked has one: in a folder of the machine's they run as the server. */
  readonly user?: ImageUser;
}

/** The folder that the configuration has for an image's name. Throws a fault of the client's when there is none. */
export function imageOf(config: ProcessConfig, name: string): ImageConfig {
  const image = Object.hasOwn(config.images, name) ? config.images[name] : undefined;
  if (image && isFolder(image)) return image;
  const known = Object.keys(config.images).join(', ');
  throw new RuntimeFault(
    'client',
    `There is no image ${name} here. The executor "process" has ${known || 'none'}.`,
  );
}

/** What is run, exec-form (training contract §1.1): `train`, unless an entrypoint or arguments are given. */
export function commandOf(
  image: ImageConfig,
  algorithm: Algorithm,
  sandbox: ProcessConfig['sandbox'],
): readonly string[] {
  const given = algorithm.arguments ?? [];
  if (algorithm.entrypoint?.length) return [...algorithm.entrypoint, ...given];
  const entrypoint = image.entrypoint ?? (image.script ? scriptEntrypoint(sandbox) : []);
  return [...entrypoint, ...(given.length ? given : ['train'])];
}

/** All of the algorithm's environment. Nothing of the server's is in it. */
export function environmentOf(image: ImageConfig, algorithm: Algorithm): Record<string, string> {
  const environment = {
    ...(image.script ? withScriptEnvironment(DEFAULT_ENVIRONMENT) : DEFAULT_ENVIRONMENT),
    PWD: image.workdir,
    HOSTNAME: algorithm.hostname,
    ...image.environment,
    ...algorithm.environment,
  };
  for (const [name, value] of Object.entries(environment)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw new RuntimeFault(
        'client',
        `The environment variable "${name}" has a name that no shell accepts.`,
      );
    }
    if (value.includes('\0')) {
      throw new RuntimeFault('client', `The environment variable ${name} holds a NUL character.`);
    }
  }
  return environment;
}

/** Whether the image has a shell that can run the command, so that a missing one ends with 127 and a line that says so. */
export function hasShell(image: ImageConfig): boolean {
  try {
    accessSync(join(image.root, withoutLinks(image.root, '/bin/sh')), constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
