import type { Fleet } from '../fleet/fleet.ts';
import type { FleetNode } from '../fleet/fleet-node.ts';
import type { Held } from '../fleet/held.ts';
import { Liveness, type Verdict } from '../session/liveness.ts';
import { inSlices } from '../slices.ts';
import { type NoteOptions, noteNodes } from './note-last-seen.ts';
import type { Sweep } from './sweep.ts';

export interface WatchNodesOptions extends NoteOptions {
  readonly fleet: Fleet;
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

/**
 * Asks who has such a node before its attempt is given to another: it may have gone to another
 * replica a moment ago, and run there what it never accepted here. Only of these is it asked.
 */
async function findUnaccepted(options: WatchNodesOptions): Promise<void> {
  const { world, fleet, sessions } = options;
  const late: FleetNode[] = [];
  await inSlices(world, fleet.nodes(), (node) => {
    if (unacceptedBy(node, options).length > 0) late.push(node);
  });
  await noteNodes(late, options);
  for (const node of late) {
    for (const held of unacceptedBy(node, options)) sessions.unacknowledged(node, held);
  }
}

function unacceptedBy(node: FleetNode, { world, acceptWithinMs }: WatchNodesOptions): Held[] {
  const late: Held[] = [];
  if (node.link !== 'connected') return late;
  const before = world.uptime() - acceptWithinMs;
  for (const held of node.held.values()) {
    if (held.phase === 'sent' && held.sentAt < before) late.push(held);
  }
  return late;
}
