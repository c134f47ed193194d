import { startOurs } from './ours.ts';
import { startPeer } from './peer-system.ts';
import type { RunningSystem, Say, SystemName } from './system.ts';

export function startSystem(
  name: SystemName,
  { path, say }: { readonly path: string; readonly say: Say },
): Promise<RunningSystem> {
  return name === 'ours' ? startOurs(say) : startPeer(name, path);
}
