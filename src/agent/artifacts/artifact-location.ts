import { type ObjectLocation, parseS3Uri } from '../../objects/object-storage.ts';
import { artifactUri } from '../../training/artifact-uri.ts';
import type { InstancePlan } from '../instance-agent.ts';

/** Where an artifact of an instance's job goes. */
export const artifactLocation = (plan: InstancePlan, name: string): ObjectLocation =>
  parseS3Uri(artifactUri(plan.request, name));

export function uriOf({ bucket, key }: ObjectLocation): string {
  return `s3://${bucket}/${key}`;
}
