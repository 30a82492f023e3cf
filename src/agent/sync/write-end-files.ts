import { parseS3Uri } from '../../objects/object-storage.ts';
import { hasProfile } from '../../training/profiling.ts';
import type { Hook } from '../hook.ts';
import type { Artifacts, InstancePlan } from '../instance-agent.ts';
import { withRetries } from '../retry.ts';
import { isTransient, transferFault } from '../storage-faults.ts';
import { outputUri } from './output-uri.ts';

const END_FILE = 'training_job_end.ts';

/** Tells those who read the debugger's output that no more comes (training contract §9.2). The agent that makes the artifacts writes them. */
export const writeEndFiles: Hook<Artifacts> = {
  name: 'write the end files',
  async run({ plan, environment: { storage, clock } }, signal) {
    for (const uri of endFiles(plan)) {
      const { bucket, key } = parseS3Uri(uri);
      const upload = () => storage.upload({ bucket, key }, nothing(), { signal });
      try {
        await withRetries(upload, { clock, signal, mayRetry: isTransient });
      } catch (error) {
        signal.throwIfAborted();
        throw transferFault(`${uri} could not be written`, error);
      }
    }
    return {};
  },
};

function endFiles({ request }: InstancePlan): readonly string[] {
  const profile = outputUri(request, 'ProfilerConfig');
  return [
    ...(request.DebugHookConfig ? [outputUri(request, 'DebugHookConfig')] : []),
    ...(hasProfile(request) ? [`${profile}/framework`, `${profile}/system`] : []),
  ].map((folder) => `${folder}/${END_FILE}`);
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
