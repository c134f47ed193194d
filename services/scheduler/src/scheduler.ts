import type { NodeId, TenantId } from '@greencloud/domain';
import type { LogReader } from '@greencloud/event-log';
import type { Logger } from '@greencloud/runtime';
import { Binder } from './binding/binder.ts';
import { Dispatcher } from './binding/dispatcher.ts';
import { QueueFeed } from './binding/queue-feed.ts';
import { Reservations } from './binding/reservations.ts';
import { Board } from './board/board.ts';
import { Fleet } from './fleet/fleet.ts';
import { KindDirectory } from './placement/kind-directory.ts';
import { SharedQueue } from './queue/shared-queue.ts';
import { Recorder } from './record/recorder.ts';
import type { TaskCommands } from './record/task-commands.ts';
import type { SchedulerMetrics } from './scheduler-metrics.ts';
import { AttemptEnd } from './session/attempt-end.ts';
import { Handover } from './session/handover.ts';
import type { SessionStore } from './session/session-store.ts';
import { Sessions } from './session/sessions.ts';
import { Welcome } from './session/welcome.ts';
import type { World } from './world.ts';

export interface SchedulerLimits {
  readonly heartbeatMs: number;
  readonly fenceAfterMs: number;
  readonly lostAfterMs: number;
  readonly acceptWithinMs: number;
  readonly deadlineGraceMs: number;
  readonly queueLimitMs: number;
  readonly ageingMs: number;
  readonly helpAfterMs: number;
}

/** Everything outside: a simulation hands in its own. */
export interface SchedulerPorts {
  readonly world: World;
  readonly log: Pick<LogReader, 'readTasks' | 'getPayload'>;
  readonly commands: TaskCommands;
  readonly store: SessionStore;
  readonly metrics: SchedulerMetrics;
  readonly logger: Logger;
}

export interface SchedulerOptions extends SchedulerPorts {
  readonly limits: SchedulerLimits;
  readonly quantumOf: (tenantId: TenantId) => number;
}

export interface Scheduler extends Omit<SchedulerOptions, 'quantumOf'> {
  readonly board: Board;
  readonly queue: SharedQueue;
  readonly fleet: Fleet;
  readonly binder: Binder;
  readonly dispatcher: Dispatcher;
  readonly recorder: Recorder;
  readonly sessions: Sessions;
}

/** One replica, wired; it does nothing until the board is filled and nodes connect. */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const { world, limits, commands } = options;
  const board = new Board();
  const kinds = new KindDirectory();
  const fleet = new Fleet(kinds);
  const queue = new SharedQueue({
    world,
    kinds,
    quantumOf: options.quantumOf,
    ageingMs: limits.ageingMs,
    helpAfterMs: limits.helpAfterMs,
    onWanted: (kind) => dispatcher.consider(kind),
  });
  const feed = new QueueFeed({ world, board, queue });
  const recorder = createRecorder(options);
  const ends = new AttemptEnd({ fleet, recorder });
  const handover = createHandover(options, { board, fleet, ends });
  const binder: Binder = new Binder({
    world,
    board,
    fleet,
    feed,
    commands,
    onBound: (bound) => {
      options.metrics.waited((world.now() - bound.task.since) / 1_000);
      handover.bound(bound);
    },
    onOutcome: (outcome, detail) => {
      bindingEnded(options, outcome, detail);
      dispatcher.settled();
    },
  });
  const reservations = new Reservations({
    board,
    fleet,
    feed,
    place: (task, node) => binder.place(task, node),
  });
  const dispatcher = new Dispatcher({ world, queue, fleet, binder, reservations });
  const sessions = createSessions(options, { board, fleet, ends, handover, recorder });
  return { ...options, board, queue, fleet, binder, dispatcher, recorder, sessions };
}

function createRecorder({ world, commands, logger }: SchedulerOptions): Recorder {
  return new Recorder({
    world,
    commands,
    onTrouble: (error) => logger.warn({ err: error }, 'a report has no answer yet'),
  });
}

function createHandover(
  { world, log, logger }: SchedulerOptions,
  parts: Pick<Parts, 'board' | 'fleet' | 'ends'>,
): Handover {
  return new Handover({
    world,
    log,
    ...parts,
    onTrouble: (error) => logger.warn({ err: error }, 'a payload cannot be read'),
  });
}

interface Parts {
  readonly board: Board;
  readonly fleet: Fleet;
  readonly ends: AttemptEnd;
  readonly handover: Handover;
  readonly recorder: Recorder;
}

function createSessions(options: SchedulerOptions, parts: Parts): Sessions {
  const { world, store, limits, logger, metrics, log } = options;
  const { board, fleet, ends, handover, recorder } = parts;
  const { heartbeatMs, fenceAfterMs } = limits;
  const meeting = { world, board, fleet, ends, handover, log, heartbeatMs, fenceAfterMs };
  return new Sessions({
    world,
    board,
    fleet,
    ends,
    store,
    welcome: new Welcome(meeting),
    room: () => recorder.room(),
    onUnusable: (problem) => logger.warn({ problem }, 'a node reported nonsense'),
    onEvent: (event, nodeId: NodeId, detail) => {
      metrics.sessionEvent(event);
      logger.info({ nodeId, detail }, `a node's session ${event}`);
    },
  });
}

function bindingEnded(
  { metrics, logger }: SchedulerOptions,
  outcome: Parameters<SchedulerMetrics['bindingEnded']>[0],
  detail: unknown,
): void {
  metrics.bindingEnded(outcome);
  if (outcome === 'unexpected') logger.error({ detail }, 'a binding was refused');
  if (outcome === 'unknown') logger.warn({ err: detail }, 'a binding has no answer yet');
}
