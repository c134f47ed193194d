import type { Fleet } from '../fleet/fleet.ts';
import type { FleetNode } from '../fleet/fleet-node.ts';
import { Liveness, type Verdict } from '../session/liveness.ts';
import type { Sessions } from '../session/sessions.ts';
import { inSlices } from '../slices.ts';
import type { World } from '../world.ts';
import type { Sweep } from './sweep.ts';

export interface WatchNodesOptions {
  readonly world: World;
  readonly fleet: Fleet;
  readonly sessions: Sessions;
  readonly lostAfterMs: number;
  readonly acceptWithinMs: number;
  readonly onVerdict: (verdict: Verdict) => void;
}

/** Finds the nodes that are silent for too long, and assignments that no node has accepted. */
export function watchNodes(options: WatchNodesOptions): Sweep {
  const { world, fleet, lostAfterMs } = options;
  const everyMs = Math.min(1_000, lostAfterMs / 10);
  // The sweeps' jitter is no stall.
  const liveness = new Liveness({ lostAfterMs, everyMs: everyMs * 1.25 });
  return {
    name: 'watch-nodes',
    everyMs,
    run: async () => {
      const nodes = [...fleet.nodes()];
      const verdict = liveness.look(world.uptime(), nodes);
      if (verdict.kind !== 'lost' || verdict.nodes.length > 0) options.onVerdict(verdict);
      await act(verdict, nodes, options);
      if (verdict.kind !== 'stalled') await findUnaccepted(options);
    },
  };
}

async function act(
  verdict: Verdict,
  nodes: readonly FleetNode[],
  { fleet, sessions }: WatchNodesOptions,
): Promise<void> {
  if (verdict.kind === 'stalled') for (const node of nodes) node.heardAt += verdict.byMs;
  if (verdict.kind !== 'lost') return;
  const lost = verdict.nodes.flatMap((nodeId) => fleet.get(nodeId) ?? []);
  await Promise.all(lost.map((node) => sessions.lose(node)));
}

async function findUnaccepted(options: WatchNodesOptions): Promise<void> {
  const { world, fleet, sessions, acceptWithinMs } = options;
  const before = world.uptime() - acceptWithinMs;
  await inSlices(world, fleet.nodes(), (node) => {
    if (node.link !== 'connected') return;
    for (const held of node.held.values()) {
      if (held.phase === 'sent' && held.sentAt < before) sessions.unacknowledged(node, held);
    }
  });
}
