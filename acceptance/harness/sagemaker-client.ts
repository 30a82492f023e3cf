import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { ServerProcess } from '../../examples/demo/server.ts';

/** The client of a server that a suite has started by itself. */
export async function sageMakerOf(server: ServerProcess): Promise<SageMakerClient> {
  const environment = await server.clientEnvironment();
  return new SageMakerClient({
    endpoint: environment.AWS_ENDPOINT_URL,
    region: environment.AWS_REGION,
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID,
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
    },
  });
}
