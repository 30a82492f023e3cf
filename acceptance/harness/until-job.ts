import { setTimeout as delay } from 'node:timers/promises';
import {
  DescribeTrainingJobCommand,
  type DescribeTrainingJobCommandOutput,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';

/** The job's description as soon as it is as wanted. Rejects when it is not, within so many milliseconds. */
export async function untilJob(
  sagemaker: SageMakerClient,
  name: string,
  wanted: (job: DescribeTrainingJobCommandOutput) => boolean,
  withinMs: number,
): Promise<DescribeTrainingJobCommandOutput> {
  let job: DescribeTrainingJobCommandOutput | undefined;
  for (const end = Date.now() + withinMs; Date.now() < end; await delay(50)) {
    job = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
    if (wanted(job)) return job;
  }
  throw new Error(`${name} is not as it should be within ${withinMs / 1000} s: ${JSON.stringify(job)}`);
}
