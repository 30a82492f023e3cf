/** The kind of machine that an image's programs run on, in the words of OCI. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  /** Of ARM: `v6`, `v7`, `v8`. */
  readonly variant?: string | undefined;
}

/** How Node's names of architectures are called there, where they differ. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x64: 'amd64',
  ia32: '386',
  arm64: 'arm64',
  arm: 'arm',
  ppc64: 'ppc64le',
};

/** What this machine runs. */
export function ownPlatform(architecture: string = process.arch): Platform {
  const known = Object.hasOwn(ARCHITECTURES, architecture) ? ARCHITECTURES[architecture] : undefined;
  return { os: 'linux', architecture: known ?? architecture };
}

/** Whether programs of one platform run on another. */
export function runsOn(image: Platform, machine: Platform): boolean {
  return image.os === machine.os && image.architecture === machine.architecture;
}

export function platformText({ os, architecture, variant }: Platform): string {
  return `${os}/${architecture}${variant === undefined || variant === '' ? '' : `/${variant}`}`;
}
