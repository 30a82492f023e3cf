import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { ClientEnvironment, ServerProcess } from '../../examples/demo/server.ts';

/** What points a client of AWS's SDK at a server, by the variables that the server tells. */
export const clientOptions = (environment: ClientEnvironment) => ({
  endpoint: environment.AWS_ENDPOINT_URL,
  region: environment.AWS_REGION,
  credentials: {
    accessKeyId: environment.AWS_ACCESS_KEY_ID,
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
  },
});

/** The client of a server that a suite has started by itself. */
export const sageMakerOf = async (server: ServerProcess): Promise<SageMakerClient> =>
  new SageMakerClient(clientOptions(await server.clientEnvironment()));
