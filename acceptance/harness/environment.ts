import { devNull } from 'node:os';

/** The environment of a client: ours, without any AWS setting of the person who runs the suites, and with the server's. */
export function clientEnvironment(server: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  return {
    ...Object.fromEntries(own),
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    ...server,
  };
}
