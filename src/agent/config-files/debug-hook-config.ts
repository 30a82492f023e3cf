import { localPathOf } from '../../training/local-paths.ts';
import type { InstancePlan } from '../instance-agent.ts';
import { outputUri } from '../sync/output-uri.ts';

/** `debughookconfig.json`, which the hook of the debugger's library reads (training contract §1.3, §9.1). */
export function debugHookConfig({ request }: InstancePlan): object | undefined {
  const { DebugHookConfig: config } = request;
  if (!config) return undefined;
  return {
    S3OutputPath: outputUri(request, 'DebugHookConfig'),
    LocalPath: localPathOf(request, 'DebugHookConfig'),
    ...(config.HookParameters && { HookParameters: config.HookParameters }),
    ...(config.CollectionConfigurations && { CollectionConfigurations: config.CollectionConfigurations }),
  };
}
