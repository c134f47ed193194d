import type { Pod } from './pod-manifest.ts';
import type { Pods } from './story.ts';

/** What the image says of a pod that runs: its own health check, in the same container. */
export async function isHealthy(pods: Pods, pod: Pod): Promise<boolean> {
  const env = [{ name: 'GC_ADMIN_ADDRESS', value: `${pods.at(pod).address}:8081` }];
  const container = { ...pod.container, env, args: ['/app/health.mjs'] };
  return (await pods.finish({ ...pod, name: `${pod.name}-health`, container })) === 0;
}
