/** The labels of our containers, by which they are found and told from everybody else's. */
export const LABELS = {
  /** The data directory that the container's job belongs to. */
  owner: 'trainyard.owner',
  /** The instance's folder. */
  home: 'trainyard.home',
  /** The start that made it. */
  token: 'trainyard.token',
  instance: 'trainyard.instance',
  job: 'trainyard.job',
  /** Of a network: the attempt of a job that it is for. */
  attempt: 'trainyard.attempt',
} as const;
