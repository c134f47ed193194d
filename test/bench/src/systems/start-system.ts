import { startOurs } from './ours.ts';
import { startPeer } from './peer-system.ts';
import type { RunningSystem, SystemName } from './system.ts';

export function startSystem(
  name: SystemName,
  { path }: { readonly path: string },
): Promise<RunningSystem> {
  return name === 'ours' ? startOurs() : startPeer(name, path);
}
