import type { CreateTrainingJobRequest } from '../model/types.generated.ts';

/** The model, and what else a job leaves, as OutputDataConfig.CompressionType GZIP names them (training contract §3.1). */
export type ArtifactName = 'model.tar.gz' | 'output.tar.gz';

/**
 * Where an artifact of a job goes: `<S3OutputPath>/<job>/output/<name>`, the job's name in its own case. A trailing slash of the
 * path is tolerated, and `https://bucket/key` names the same place as `s3://bucket/key`.
 */
export function artifactUri(request: CreateTrainingJobRequest, name: ArtifactName): string {
  const base = request.OutputDataConfig.S3OutputPath.replace(/^https:/, 's3:').replace(/\/$/, '');
  return `${base}/${request.TrainingJobName}/output/${name}`;
}
