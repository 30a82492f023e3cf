import type { CreateTrainingJobRequest } from '../model/types.generated.ts';

/**
 * Where an artifact of a job goes: `<S3OutputPath>/<job>/output/<name>`, the job's name in its own case (training contract §3.1).
 * A trailing slash of the path is tolerated, and `https://bucket/key` names the same place as `s3://bucket/key`.
 */
export function artifactUri(request: CreateTrainingJobRequest, name: string): string {
  const base = request.OutputDataConfig.S3OutputPath.replace(/^https:/, 's3:').replace(/\/$/, '');
  return `${base}/${request.TrainingJobName}/output/${name}`;
}

/** Where the model goes: an archive, or with CompressionType NONE the prefix of its files (§3.2). */
export function modelUri(request: CreateTrainingJobRequest): string {
  return artifactUri(
    request,
    request.OutputDataConfig.CompressionType === 'NONE' ? 'model/' : 'model.tar.gz',
  );
}
