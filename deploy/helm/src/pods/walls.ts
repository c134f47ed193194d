import type { Pod } from './pod-manifest.ts';
import type { Pods } from './story.ts';

// 0 when it is the user of the manifest, may write nowhere but to its volumes, and has no capability.
const script = `
  const { readFileSync, writeFileSync } = require('node:fs');
  const refused = (path) => { try { writeFileSync(path, ''); return false; } catch { return true; } };
  const none = /^CapEff:\\s+0+$/m.test(readFileSync('/proc/self/status', 'utf8'));
  writeFileSync('/tmp/x', '');
  process.exit(process.getuid() === 65532 && none && refused('/app/x') && refused('/x') ? 0 : 1);`;

/** A process with another script in the same container. */
export async function confines(pods: Pods, pod: Pod): Promise<boolean> {
  const container = { ...pod.container, args: ['-e', script] };
  return (await pods.finish({ ...pod, name: `${pod.name}-walls`, container })) === 0;
}
