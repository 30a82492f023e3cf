/** The variable that holds the settings of the servers that a suite starts, as JSON: where its jobs run. */
export const SETTINGS = 'ACCEPTANCE_SETTINGS';

/** Whether the suite runs its jobs in containers. */
export const inContainers = process.env[SETTINGS] !== undefined;

/** The settings of the suite's servers; `usual` where nobody says otherwise. */
export function serverSettings(usual: object = {}): object {
  const { [SETTINGS]: given } = process.env;
  return given === undefined ? usual : JSON.parse(given);
}
