import { ImageFault, imageFailure } from '../../images/image-fault.ts';
import { JobFault } from '../../training/fault.ts';
import type { Hook } from '../hook.ts';

/** Brings the image to the instance, after its data, as SageMaker tells it (training contract §4.2). */
export const bringImage: Hook = {
  name: 'bring the image',
  async run({ plan, folder, environment, progress }, signal) {
    const { TrainingImage: image, TrainingImageConfig: config } = plan.request.AlgorithmSpecification ?? {};
    if (image === undefined) return;
    const arn = config?.TrainingRepositoryAuthConfig?.TrainingRepositoryCredentialsProviderArn;
    try {
      await environment.runtime.bringImage?.({
        image,
        home: folder.home,
        ...(arn !== undefined && { credentialsProvider: arn }),
        signal,
        downloading: () => progress('image download'),
      });
    } catch (error) {
      if (!(error instanceof ImageFault)) throw error;
      throw new JobFault(isOurs(error) ? 'InternalServerError' : 'ClientError', imageFailure(error));
    }
  },
};

/** What no one could tell the cause of may be gone at the next try. */
const isOurs = ({ kind }: ImageFault): boolean => kind === 'unknown';
