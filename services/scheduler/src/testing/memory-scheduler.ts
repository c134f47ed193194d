/** Replicas without any I/O: time by hand, the log and the sessions in memory. */
import {
  type NodeId,
  parseCodeVersion,
  parseLambdaId,
  type TaskId,
  type TaskIssued,
} from '@greencloud/domain';
import { createLogger } from '@greencloud/runtime';
import type { Attempt, NodeReport, ReportBody, ToNode } from '../fleet/messages.ts';
import type { NodeOffer } from '../placement/node-offer.ts';
import { noDemand, offer, tenantId } from '../placement/placement-fixtures.ts';
import { createScheduler, type Scheduler, type SchedulerLimits } from '../scheduler.ts';
import type { Session } from '../session/session.ts';
import { createManualWorld, type ManualWorld } from './manual-world.ts';
import { MemoryCommands } from './memory-commands.ts';
import { createMemorySessions, type MemorySessions } from './memory-sessions.ts';

/** As in production. */
export const limits: SchedulerLimits = {
  heartbeatMs: 5_000,
  fenceAfterMs: 15_000,
  lostAfterMs: 20_000,
  acceptWithinMs: 5_000,
  deadlineGraceMs: 45_000,
  queueLimitMs: 86_400_000,
  ageingMs: 60_000,
  helpAfterMs: 50,
};

/** What replicas share. */
export interface MemoryOutside {
  readonly world: ManualWorld;
  readonly commands: MemoryCommands;
  readonly store: MemorySessions;
}

export function memoryOutside(random?: () => number): MemoryOutside {
  const world = createManualWorld(1_000_000, random);
  const commands = new MemoryCommands(() => world.now());
  return { world, commands, store: createMemorySessions(() => world.now()) };
}

export function memoryReplica({ world, commands, store }: MemoryOutside): Scheduler {
  return createScheduler({
    world,
    commands,
    store,
    log: commands.log,
    metrics: {
      bindingEnded: () => undefined,
      waited: () => undefined,
      sessionEvent: () => undefined,
      nodesLost: () => undefined,
    },
    logger: createLogger({ service: 'test', level: 'silent' }),
    limits,
    quantumOf: () => 10,
  });
}

/** A node's side of a session. */
export class TestSession {
  readonly session: Session;
  #sequence = 0n;

  constructor(session: Session) {
    this.session = session;
  }

  /** What the node was told since the last look. */
  take(): ToNode[] {
    return this.session.node.outbox.take();
  }

  report({ taskId, attempt }: Attempt, ...bodies: ReportBody[]): Promise<void> {
    const reports = bodies.map((body): NodeReport => {
      this.#sequence += 1n;
      return { sequence: this.#sequence, attempt: { taskId, attempt }, body };
    });
    return this.session.receive({ kind: 'reports', reports });
  }

  get sequence(): bigint {
    return this.#sequence;
  }
}

export interface MemoryScheduler extends Scheduler, MemoryOutside {
  readonly world: ManualWorld;
  readonly commands: MemoryCommands;
  readonly store: MemorySessions;
  readonly issue: (taskId: TaskId, other?: Partial<TaskIssued>) => void;
  readonly connect: (
    nodeId: NodeId,
    other?: Partial<NodeOffer>,
    running?: readonly Attempt[],
  ) => Promise<TestSession>;
}

/** One replica to whose board the log's events come in the moment of their append. */
export function memoryScheduler(): MemoryScheduler {
  const outside = memoryOutside();
  const { commands } = outside;
  const scheduler = memoryReplica(outside);
  commands.onEvents = (events) => scheduler.board.apply(events);
  return {
    ...scheduler,
    ...outside,
    issue: (taskId, other) => issueInMemory(commands, taskId, other),
    connect: (nodeId, other, running) => openSession(scheduler, nodeId, other, running),
  };
}

export async function openSession(
  { sessions }: Scheduler,
  nodeId: NodeId,
  other: Partial<NodeOffer> = {},
  running: readonly Attempt[] = [],
): Promise<TestSession> {
  const hello = { nodeId, bootId: 'boot', offer: offer(other), running };
  return new TestSession(await sessions.open(hello, 'token'));
}

export function issueInMemory(
  commands: MemoryCommands,
  taskId: TaskId,
  other: Partial<TaskIssued> = {},
): void {
  const event: TaskIssued = {
    type: 'TaskIssued',
    tenantId: tenantId('a'),
    lambdaId: parseLambdaId('64058fee9956fae80d7e0e8e'),
    codeVersion: parseCodeVersion('64058fee9956fae80d7e0e8f'),
    timeoutSeconds: 10,
    capabilities: noDemand,
    payload: null,
    ...other,
  };
  commands.onEvents(commands.log.append(taskId, event));
}
