import { z } from 'zod';
import type { Platform } from './platform.ts';

/** What an image says of how it is run. */
export interface ImageConfiguration {
  readonly platform: Platform;
  /** ENTRYPOINT; CMD is never used, as `train` or the job's arguments take its place (training contract §1.1). */
  readonly entrypoint: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workdir: string;
  /** `USER` as it is written: `app`, `1000:1000`, or nothing for root. */
  readonly user: string;
}

// OCI's names; Docker's configuration has the same. Go writes `null` for what is empty.
const document = z.object({
  os: z.string().default('linux'),
  architecture: z.string().default(''),
  variant: z.string().optional(),
  config: z
    .object({
      User: z.string().nullish(),
      Env: z.array(z.string()).nullish(),
      Entrypoint: z.array(z.string()).nullish(),
      WorkingDir: z.string().nullish(),
    })
    .nullish(),
});

/** Reads an image's configuration, OCI's or Docker's. Throws when it is none. */
export function parseImageConfiguration(text: string): ImageConfiguration {
  const { os, architecture, variant, config } = document.parse(JSON.parse(text));
  return {
    platform: { os, architecture, ...(variant !== undefined && { variant }) },
    entrypoint: config?.Entrypoint ?? [],
    environment: Object.fromEntries((config?.Env ?? []).map(variable)),
    workdir: workdirOf(config?.WorkingDir ?? ''),
    user: config?.User ?? '',
  };
}

function variable(text: string): [string, string] {
  const equals = text.indexOf('=');
  return equals < 0 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
}

/** Docker takes a relative one from the root. */
const workdirOf = (path: string): string =>
  `/${path
    .split('/')
    .filter((name) => name !== '' && name !== '.')
    .join('/')}`;
