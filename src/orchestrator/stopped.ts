/** The reason with which work is aborted when its job is asked to stop. */
export class Stopped extends Error {
  constructor() {
    super('the job was asked to stop');
    this.name = 'Stopped';
  }
}

/** For `catch`: a stop is no failure of the work that it ends. */
export function unlessStopped(error: unknown): undefined {
  if (!(error instanceof Stopped)) throw error;
  return undefined;
}
