import type { NodeId } from '@greencloud/domain';
import type { Board } from '../board/board.ts';
import type { HeldTask } from '../board/open-task.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { Recorder } from '../record/recorder.ts';
import { HalfFleetGuard } from '../session/half-fleet-guard.ts';
import { inSlices } from '../slices.ts';
import type { World } from '../world.ts';
import type { Sweep } from './sweep.ts';

export interface ReleaseOrphansOptions {
  readonly world: World;
  readonly board: Board;
  readonly fleet: Fleet;
  readonly recorder: Recorder;
  readonly silenceOf: (nodeIds: readonly NodeId[]) => Promise<ReadonlyMap<NodeId, number>>;
  readonly lostAfterMs: number;
  /** How old an assignment must be before it counts that its node's session knows nothing of it. */
  readonly strayAfterMs: number;
  readonly everyMs: number;
}

/**
 * Releases attempts that no replica answers for: of nodes that nobody has heard for a while, and
 * those given to a node of ours by a replica that died before the node knew. In the first lost
 * period after the start nothing is orphaned: the nodes are on their way back.
 */
export function releaseOrphans(options: ReleaseOrphansOptions): Sweep {
  const { world, board, fleet, everyMs, lostAfterMs, strayAfterMs } = options;
  const startedAt = world.uptime();
  const guard = new HalfFleetGuard(lostAfterMs);
  return {
    name: 'release-orphans',
    everyMs,
    run: async () => {
      // Half as much again: the owning replica is to be the first to say that a node is lost.
      if (world.uptime() - startedAt < lostAfterMs * 1.5) return;
      const nodes = [...board.nodes()];
      const strangers = nodes.filter((nodeId) => fleet.get(nodeId) === undefined);
      const silent = await silentOf(strangers, options);
      const verdict = guard.judge(world.uptime(), silent.length, nodes.length);
      const orphans = verdict === 'held' ? [] : silent.flatMap((nodeId) => board.tasksOf(nodeId));
      const ends = orphans.map((task) => release(task, 'node_lost', options.recorder));
      const old = world.now() - strayAfterMs;
      await inSlices(world, nodes, (nodeId) => {
        for (const task of straysOf(nodeId, options)) {
          if (task.since < old) ends.push(release(task, 'unacknowledged', options.recorder));
        }
      });
      await Promise.all(ends);
    },
  };
}

async function silentOf(
  strangers: readonly NodeId[],
  { silenceOf, lostAfterMs }: ReleaseOrphansOptions,
): Promise<NodeId[]> {
  if (strangers.length === 0) return [];
  const silence = await silenceOf(strangers);
  return strangers.filter((nodeId) => (silence.get(nodeId) ?? Infinity) > lostAfterMs * 1.5);
}

function straysOf(nodeId: NodeId, { board, fleet }: ReleaseOrphansOptions): HeldTask[] {
  const node = fleet.get(nodeId);
  if (node?.link !== 'connected') return [];
  return board.tasksOf(nodeId).filter(({ taskId }) => !node.held.has(taskId));
}

async function release(
  { taskId, state, sessionEpoch }: HeldTask,
  reason: 'node_lost' | 'unacknowledged',
  recorder: Recorder,
): Promise<void> {
  const { attempt, nodeId } = state;
  await recorder.record({ taskId, attempt, nodeId, sessionEpoch }, { kind: 'release', reason });
}
