import type { CreateTrainingJobRequest } from '../../model/types.generated.ts';

/** What the platform appends to the S3OutputPath of a member, after the job's name (training contract §3.5). */
const SUB_PATHS = {
  TensorBoardOutputConfig: 'tensorboard-output',
  DebugHookConfig: 'debug-output',
  ProfilerConfig: 'profiler-output',
} as const;

export type OutputMember = keyof typeof SUB_PATHS;

/** Where the output of a member goes. Describe tells what the request says, the container's files tell this. */
export function outputUri(request: CreateTrainingJobRequest, member: OutputMember): string {
  const base = request[member]?.S3OutputPath?.replace(/\/$/, '') ?? '';
  return `${base}/${request.TrainingJobName}/${SUB_PATHS[member]}`;
}
