/** Why tests can't run that need a package of Debian's. On a build server it must be there. */
export function missing(what: string, use: () => void): string | false {
  try {
    use();
    return false;
  } catch {
    if (process.env.CI === 'true') throw new Error(`${what} is not installed`);
    return `${what} is not installed`;
  }
}
