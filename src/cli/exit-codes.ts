/** What the exit codes of the commands mean. `exec` ends with the code of what it ran. */
export const EXIT = {
  done: 0,
  /** The command could not do what it was asked for, or the job that it was about has failed. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  noServer: 3,
  /** The job was stopped, or the command was left by Ctrl-C. */
  stopped: 130,
} as const;
