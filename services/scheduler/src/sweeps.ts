import type { NodeId } from '@greencloud/domain';
import type { Lifecycle } from '@greencloud/runtime';
import type { Scheduler } from './scheduler.ts';
import type { Verdict } from './session/liveness.ts';
import type { Db } from './store/database.ts';
import { endSilentSessions } from './store/end-silent-sessions.ts';
import { leaveReplicas, meetReplicas } from './store/replicas.ts';
import { silenceOfNodes } from './store/silence-of-nodes.ts';
import { divideAmongReplicas } from './sweep/divide-among-replicas.ts';
import { endOverdue } from './sweep/end-overdue.ts';
import { noteLastSeen } from './sweep/note-last-seen.ts';
import { releaseOrphans } from './sweep/release-orphans.ts';
import { type Sweep, startSweeps } from './sweep/sweep.ts';
import { watchNodes } from './sweep/watch-nodes.ts';

export interface SweepsOptions {
  readonly scheduler: Scheduler;
  readonly replica: string;
  readonly silenceOf: (nodeIds: readonly NodeId[]) => Promise<ReadonlyMap<NodeId, number>>;
  readonly endSilent: (nodeIds: readonly NodeId[], silentMs: number) => Promise<readonly NodeId[]>;
  readonly meet: () => Promise<readonly string[]>;
}

/** Begins them, with the other replicas' sessions in Postgres; they stop with the service. */
export function startLookingAfter(
  scheduler: Scheduler,
  db: Db,
  replica: string,
  lifecycle: Pick<Lifecycle, 'onStop'>,
): void {
  const { world, limits, logger } = scheduler;
  lifecycle.onStop('replica', () => leaveReplicas(db, replica));
  const sweeps = createSweeps({
    scheduler,
    replica,
    silenceOf: (nodeIds) => silenceOfNodes(db, nodeIds),
    endSilent: (nodeIds, silentMs) => endSilentSessions(db, nodeIds, silentMs),
    meet: () => meetReplicas(db, replica, limits.lostAfterMs),
  });
  const onFailure = (sweep: string, error: unknown) =>
    logger.warn({ err: error, sweep }, 'a sweep failed');
  lifecycle.onStop('sweeps', startSweeps({ world, sweeps, onFailure }));
}

/** Everything that this replica looks after by time. */
export function createSweeps(options: SweepsOptions): Sweep[] {
  const { scheduler, replica, silenceOf, endSilent, meet } = options;
  const { world, limits, store, board, fleet, recorder, sessions, queue } = scheduler;
  const { lostAfterMs, acceptWithinMs, heartbeatMs } = limits;
  const everyMs = Math.min(5_000, lostAfterMs / 4);
  return [
    watchNodes({
      world,
      fleet,
      sessions,
      store,
      lostAfterMs,
      acceptWithinMs,
      onVerdict: (verdict) => noteVerdict(verdict, scheduler),
    }),
    noteLastSeen({ world, fleet, sessions, store, everyMs: heartbeatMs }),
    endOverdue({ world, board, recorder, ...limits, everyMs }),
    releaseOrphans({
      world,
      board,
      fleet,
      recorder,
      silenceOf,
      endSilent,
      lostAfterMs,
      strayAfterMs: lostAfterMs,
      everyMs,
    }),
    divideAmongReplicas({ replica, queue, meet, everyMs: heartbeatMs }),
  ];
}

function noteVerdict(verdict: Verdict, { metrics, logger }: Scheduler): void {
  switch (verdict.kind) {
    case 'lost':
      metrics.nodesLost(verdict.nodes.length);
      return logger.warn({ nodes: verdict.nodes }, 'nodes are lost');
    case 'held':
      return logger.warn({ silent: verdict.silent }, 'half of the fleet is silent: waiting');
    case 'stalled':
      return logger.warn({ byMs: verdict.byMs }, 'this process stood still');
    default:
      return verdict satisfies never;
  }
}
