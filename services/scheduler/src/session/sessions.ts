import { DomainError, type NodeId } from '@greencloud/domain';
import type { Board } from '../board/board.ts';
import type { BoardChange } from '../board/board-change.ts';
import type { FleetNode } from '../fleet/fleet-node.ts';
import type { Held } from '../fleet/held.ts';
import type { Hello } from '../fleet/messages.ts';
import type { AttemptEnd } from './attempt-end.ts';
import { checkLogin, hashToken } from './login.ts';
import { Session, type SessionOptions } from './session.ts';
import type { SessionStore } from './session-store.ts';
import type { Welcome } from './welcome.ts';

export interface SessionsOptions extends SessionOptions {
  readonly board: Board;
  readonly store: SessionStore;
  readonly welcome: Welcome;
  readonly ends: AttemptEnd;
  readonly onEvent: (
    event: 'opened' | 'left' | 'broke' | 'ended',
    nodeId: NodeId,
    detail?: unknown,
  ) => void;
}

/** The nodes' streams of this replica, from Hello to the end. */
export class Sessions {
  readonly #options: SessionsOptions;
  /** What is ended here must not be taken for ended elsewhere. */
  readonly #losing = new Set<FleetNode>();

  constructor(options: SessionsOptions) {
    this.#options = options;
    options.board.listen((change) => this.#onChange(change));
  }

  /** Throws NEEDS_LOGIN, FORBIDDEN, or CONFLICT when a later session has begun meanwhile. */
  async open(hello: Hello, token: string): Promise<Session> {
    const { store, welcome, onEvent } = this.#options;
    const tokenHash = hashToken(token);
    const login = checkLogin(await store.login(hello.nodeId), tokenHash);
    const begun = await store.begin(hello, tokenHash);
    if (begun === undefined) throw new DomainError('NEEDS_LOGIN', 'No node has this token');
    const node = await welcome.receive(hello, login, begun);
    onEvent('opened', node.nodeId, { epoch: node.epoch });
    return new Session(node, this.#options);
  }

  /**
   * The node ended its stream. If it said before that it drains, this is its good-bye: what it did
   * not finish waits again at once. If not, something else has ended it.
   */
  async left(session: Session): Promise<void> {
    if (!session.isPresent) return;
    const { node } = session;
    if (node.drains !== 'by-itself') return this.broke(session, 'ended without a word');
    this.#options.fleet.forget(node, 'gone');
    this.#options.onEvent('left', node.nodeId);
    await Promise.all([session.finish(), this.#release(node, session.epoch)]);
  }

  /** Ends the session first, so that one which begins meanwhile knows who answers for the attempts. */
  async #release(node: FleetNode, epoch: bigint): Promise<void> {
    const { store, ends } = this.#options;
    const { nodeId } = node;
    const outcome = await store.end({ nodeId, epoch }).catch(() => 'unknown' as const);
    if (outcome === 'superseded') node.link = 'elsewhere';
    else ends.releaseAll(node, 'drained');
  }

  /** The stream is gone, the node perhaps not: it has until it is lost to come back. */
  broke(session: Session, error: unknown): void {
    if (!session.isPresent) return;
    this.#options.fleet.silence(session.node);
    this.#options.onEvent('broke', session.node.nodeId, error);
  }

  /** Silent for too long. Asks first whether the node has gone over to another replica. */
  async lose(node: FleetNode): Promise<void> {
    this.#losing.add(node);
    try {
      await this.#lose(node, node.epoch);
    } finally {
      this.#losing.delete(node);
    }
  }

  async #lose(node: FleetNode, epoch: bigint): Promise<void> {
    const outcome = await this.#options.store.end({ nodeId: node.nodeId, epoch });
    if (node.epoch !== epoch || node.link === 'gone' || node.link === 'elsewhere') return;
    if (outcome === 'superseded') return this.leave(node);
    this.#end(node, new DomainError('UNAVAILABLE', 'The node was silent for too long'));
    this.#options.ends.releaseAll(node, 'node_lost');
  }

  /** Another session of the node, elsewhere, answers for its attempts now. */
  leave(node: FleetNode): void {
    this.#options.fleet.forget(node, 'elsewhere');
    node.outbox.end(new DomainError('CONFLICT', 'Another session of this node has begun'));
    this.#options.onEvent('ended', node.nodeId, 'superseded');
  }

  /**
   * Another replica took the node for lost and answers for its attempts. It may be alive: then it
   * begins anew, with whatever it still runs.
   */
  givenUp(node: FleetNode): void {
    if (this.#losing.has(node)) return;
    this.#options.fleet.forget(node, 'elsewhere');
    node.outbox.end(new DomainError('UNAVAILABLE', 'The session was given up: begin another'));
    this.#options.onEvent('ended', node.nodeId, 'given up elsewhere');
  }

  /** Its owner has shut it out: its work stops here and waits for another node. */
  expel(nodeId: NodeId, reason: DomainError): void {
    const node = this.#options.fleet.get(nodeId);
    if (node === undefined) return;
    for (const { taskId, attempt } of node.held.values()) node.outbox.fence({ taskId, attempt });
    this.#end(node, reason);
    this.#options.ends.releaseAll(node, 'drained');
  }

  drain(nodeId: NodeId): void {
    const node = this.#options.fleet.get(nodeId);
    if (node === undefined || node.drains !== 'no') return;
    this.#options.fleet.drain(node, 'by-owner');
    node.outbox.say({ kind: 'drain' });
  }

  /** Its owner has ended the drain, of which the scheduler alone keeps count. */
  restore(nodeId: NodeId): void {
    const node = this.#options.fleet.get(nodeId);
    if (node?.drains === 'by-owner') this.#options.fleet.restore(node);
  }

  /** The node never said that it has the assignment. */
  unacknowledged(node: FleetNode, held: Held): void {
    node.outbox.fence({ taskId: held.taskId, attempt: held.attempt });
    this.#options.ends.release(node, held, 'unacknowledged');
  }

  #end(node: FleetNode, reason: DomainError): void {
    this.#options.fleet.forget(node, 'gone');
    node.outbox.end(reason);
    this.#options.onEvent('ended', node.nodeId, reason.message);
  }

  /** What the log says of an attempt at one of our nodes goes to that node at once. */
  #onChange(change: BoardChange): void {
    const holder = this.#options.fleet.holderOf(change.taskId);
    if (holder === undefined) return;
    const { node, held } = holder;
    if (held.phase === 'binding' || held.phase === 'ending') return;
    const { taskId, attempt } = held;
    if (change.kind === 'finished') node.outbox.cancel({ taskId, attempt });
    else if (isTaken(change, node, held)) node.outbox.fence({ taskId, attempt });
    else return;
    this.#options.fleet.drop(node, held);
  }
}

function isTaken(change: BoardChange, { nodeId }: FleetNode, held: Held): boolean {
  if (change.kind === 'waiting') return change.task.state.attempt >= held.attempt;
  if (change.kind !== 'held') return false;
  const { attempt, nodeId: holder } = change.task.state;
  return attempt > held.attempt || (attempt === held.attempt && holder !== nodeId);
}
