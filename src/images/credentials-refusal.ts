import type { CreateTrainingJobRequest } from '../model/types.generated.ts';
import type { CredentialsProviders } from './registry-credentials.ts';

const MEMBER = 'AlgorithmSpecification.TrainingImageConfig.TrainingRepositoryAuthConfig';

/** Why the credentials that a request names for its image can't be had, in one sentence; undefined when they can, or none are named. */
export function credentialsRefusal(
  request: CreateTrainingJobRequest,
  providers: CredentialsProviders,
): string | undefined {
  const config = request.AlgorithmSpecification?.TrainingImageConfig;
  const arn = config?.TrainingRepositoryAuthConfig?.TrainingRepositoryCredentialsProviderArn;
  if (arn === undefined) return undefined;
  // "Only specify a value if you specified Vpc" (service model, TrainingImageConfig).
  if (config?.TrainingRepositoryAccessMode !== 'Vpc') {
    return `${MEMBER} is only for a TrainingRepositoryAccessMode of Vpc.`;
  }
  if (Object.hasOwn(providers, arn)) return undefined;
  return (
    `${MEMBER}.TrainingRepositoryCredentialsProviderArn can't be honoured by this deployment: ` +
    `${arn} is not mapped to a command or URL under images.credentials.`
  );
}
