import { DomainError, fold, type TaskId, type TaskState } from '@greencloud/domain';
import type { LogReader, RecordedEvent } from '@greencloud/event-log';
import type { Board } from '../board/board.ts';
import type { HeldTask } from '../board/open-task.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { FleetNode } from '../fleet/fleet-node.ts';
import { type Held, newHeld } from '../fleet/held.ts';
import type { Attempt, Hello } from '../fleet/messages.ts';
import { Outbox } from '../fleet/outbox.ts';
import type { World } from '../world.ts';
import type { AttemptEnd } from './attempt-end.ts';
import type { Handover } from './handover.ts';
import { type Meeting, questions, type Reunion, reunite } from './reunion.ts';
import type { BegunSession, NodeLogin } from './session-store.ts';

export interface WelcomeOptions {
  readonly world: World;
  readonly board: Board;
  readonly fleet: Fleet;
  readonly ends: AttemptEnd;
  readonly handover: Handover;
  readonly log: Pick<LogReader, 'readTasks'>;
  readonly heartbeatMs: number;
  readonly fenceAfterMs: number;
}

/** Takes a node in whose session has begun, with whatever still runs there. */
export class Welcome {
  readonly #options: WelcomeOptions;

  constructor(options: WelcomeOptions) {
    this.#options = options;
  }

  async receive(hello: Hello, login: NodeLogin, session: BegunSession): Promise<FleetNode> {
    const asked = questions(this.#meeting(hello, session));
    const truth = await this.#truth(asked);
    const known = this.#options.fleet.get(hello.nodeId);
    if (known !== undefined && known.epoch > session.epoch) throw another();
    if (known?.link === 'connected') known.outbox.end(another());
    const reunion = reunite(this.#meeting(hello, session), truth);
    const node = this.#connect(hello, login, session);
    this.#resume(node, reunion, truth);
    return node;
  }

  #meeting({ nodeId, running }: Hello, { epoch, previous }: BegunSession): Meeting {
    const { board, fleet } = this.#options;
    const known = fleet.get(nodeId);
    const held: ReadonlyMap<TaskId, Held> = known?.held ?? new Map();
    const heldUnder = known?.epoch ?? 'none';
    const ours = board.tasksOf(nodeId).filter((task) => !this.#isGivenUp(task));
    const onBoard = new Map(ours.map((task) => [task.taskId, task]));
    return { nodeId, epoch, previous, running, held, heldUnder, onBoard };
  }

  /** The node was lost with it a moment ago, which is on its way to the log: it must not begin again. */
  #isGivenUp({ taskId, state }: HeldTask): boolean {
    const holder = this.#options.fleet.holderOf(taskId);
    if (holder?.node.link !== 'gone') return false;
    const { phase, attempt } = holder.held;
    return phase === 'binding' || (phase === 'ending' && attempt === state.attempt);
  }

  async #truth(taskIds: readonly TaskId[]): Promise<ReadonlyMap<TaskId, TaskState>> {
    if (taskIds.length === 0) return new Map();
    const streams = await this.#options.log.readTasks(taskIds);
    return new Map([...streams].flatMap(([taskId, events]) => stateOf(taskId, events)));
  }

  #connect(hello: Hello, login: NodeLogin, session: BegunSession): FleetNode {
    const { world, fleet, heartbeatMs, fenceAfterMs } = this.#options;
    const { nodeId, bootId, offer } = hello;
    const { epoch, standing } = session;
    const outbox = new Outbox(world);
    outbox.say({ kind: 'welcome', epoch, heartbeatMs, fenceAfterMs });
    const drains = standing === 'draining' ? 'by-owner' : 'no';
    if (drains === 'by-owner') outbox.say({ kind: 'drain' });
    const start = { nodeId, owner: login.owner, epoch, bootId, offer, outbox, drains } as const;
    return fleet.connect({ ...start, heardAt: world.uptime() });
  }

  #resume(node: FleetNode, reunion: Reunion, truth: ReadonlyMap<TaskId, TaskState>): void {
    const { keep, adopt, fence, resend, give, lost, disown } = reunion;
    const { ends, fleet, handover } = this.#options;
    for (const held of keep) if (held.phase === 'sent') held.phase = 'accepted';
    for (const attempt of adopt) fleet.hold(node, this.#adopted(attempt, truth));
    for (const attempt of fence) node.outbox.fence(attempt);
    for (const held of resend) handover.send(node, held);
    for (const task of give) void handover.give(node, task);
    for (const attempt of lost) this.#lose(node, attempt, ends);
    for (const held of disown) fleet.drop(node, held);
  }

  #lose(node: FleetNode, attempt: Attempt, ends: AttemptEnd): void {
    const held = node.held.get(attempt.taskId);
    if (held !== undefined) ends.release(node, held, 'node_lost');
    else void ends.record(node, attempt, { kind: 'release', reason: 'node_lost' });
  }

  #adopted({ taskId, attempt }: Attempt, truth: ReadonlyMap<TaskId, TaskState>): Held {
    const state = this.#options.board.get(taskId)?.state ?? truth.get(taskId);
    const percent = state?.status === 'running' ? state.percent : -1;
    const memSize =
      state === undefined || state.status === 'unknown' ? 0 : state.capabilities.memSize;
    return { ...newHeld(taskId, memSize), attempt, phase: 'accepted', percent };
  }
}

function another(): DomainError {
  return new DomainError('CONFLICT', 'Another session of this node has begun');
}

function stateOf(taskId: TaskId, events: readonly RecordedEvent[]): [TaskId, TaskState][] {
  const readable = events.flatMap(({ event }) => (event.type === 'Unreadable' ? [] : [event]));
  return readable.length === events.length ? [[taskId, fold(readable)]] : [];
}
