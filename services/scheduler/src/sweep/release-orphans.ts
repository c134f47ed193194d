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
  /** Ends the sessions of those that nobody has heard for so long, and answers which these are. */
  readonly endSilent: (nodeIds: readonly NodeId[], silentMs: number) => Promise<readonly NodeId[]>;
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
      if (world.uptime() - startedAt < silentMsOf(options)) return;
      const nodes = [...board.nodes()];
      const strangers = nodes.filter((nodeId) => fleet.get(nodeId) === undefined);
      const silent = await silentOf(strangers, options);
      const verdict = guard.judge(world.uptime(), silent.length, nodes.length);
      const lost = verdict === 'held' || silent.length === 0 ? [] : await end(silent, options);
      const orphans = lost.flatMap((nodeId) => board.tasksOf(nodeId));
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

/** Half as much again: the owning replica is to be the first to say that a node is lost. */
function silentMsOf({ lostAfterMs }: ReleaseOrphansOptions): number {
  return lostAfterMs * 1.5;
}

async function silentOf(
  strangers: readonly NodeId[],
  options: ReleaseOrphansOptions,
): Promise<NodeId[]> {
  if (strangers.length === 0) return [];
  const silence = await options.silenceOf(strangers);
  return strangers.filter((nodeId) => (silence.get(nodeId) ?? Infinity) > silentMsOf(options));
}

/** Their next session, anywhere, then knows that what they had is given up. */
async function end(
  silent: readonly NodeId[],
  options: ReleaseOrphansOptions,
): Promise<readonly NodeId[]> {
  const ended = await options.endSilent(silent, silentMsOf(options));
  return ended.filter((nodeId) => options.fleet.get(nodeId) === undefined);
}

function straysOf(nodeId: NodeId, { board, fleet }: ReleaseOrphansOptions): HeldTask[] {
  const node = fleet.get(nodeId);
  if (node?.link !== 'connected') return [];
  // What a later session was given, at another replica, is not ours to judge.
  return board
    .tasksOf(nodeId)
    .filter(({ taskId, sessionEpoch }) => sessionEpoch <= node.epoch && !node.held.has(taskId));
}

async function release(
  { taskId, state, sessionEpoch }: HeldTask,
  reason: 'node_lost' | 'unacknowledged',
  recorder: Recorder,
): Promise<void> {
  const { attempt, nodeId } = state;
  await recorder.record({ taskId, attempt, nodeId, sessionEpoch }, { kind: 'release', reason });
}
