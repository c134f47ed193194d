import { randomBytes } from 'node:crypto';
import { DomainError, type NodeId, type TaskId, type TenantId } from '@greencloud/domain';
import type { Board } from '../board/board.ts';
import { explainWaiting, isTooBusy, type WaitingReason } from '../queue/explain-waiting.ts';
import { hashToken } from '../session/login.ts';
import type { Sessions } from '../session/sessions.ts';
import type { NodeRow } from '../store/list-nodes.ts';
import type { NodeKey } from '../store/node-key.ts';
import type { World } from '../world.ts';

/** Acts on the nodes in Postgres; all but `enrol` throw NODE_NOT_FOUND, also for foreign nodes. */
export interface NodeRegister {
  enrol(key: NodeKey, description: string, tokenHash: Uint8Array): Promise<void>;
  disable(key: NodeKey): Promise<void>;
  restore(key: NodeKey): Promise<void>;
  drain(key: NodeKey): Promise<void>;
  list(tenantId: TenantId): Promise<NodeRow[]>;
  listConnected(): Promise<NodeRow[]>;
}

export interface NodeAdminOptions {
  readonly world: World;
  readonly board: Board;
  readonly sessions: Sessions;
  readonly register: NodeRegister;
  readonly lostAfterMs: number;
}

export interface NodeView extends NodeRow {
  /** Its stream is open, on whichever replica. */
  readonly presence: 'connected' | 'away';
  readonly running: number;
}

export interface NodeCounts {
  readonly active: number;
  readonly free: number;
  readonly busy: number;
}

const maxDescription = 256;

/** What an owner does with nodes. A session of the node at this replica feels it at once. */
export class NodeAdmin {
  readonly #options: NodeAdminOptions;

  constructor(options: NodeAdminOptions) {
    this.#options = options;
  }

  /** The node's token, which is kept nowhere. Throws NODE_ALREADY_ENROLLED for a foreign node. */
  async enrol(key: NodeKey, description: string): Promise<string> {
    if (description.length > maxDescription) {
      throw new DomainError('VALIDATION_FAILED', `At most ${maxDescription} characters`, [
        { pointer: '/description', detail: `has more than ${maxDescription} characters` },
      ]);
    }
    const token = randomBytes(32).toString('base64url');
    await this.#options.register.enrol(key, description, hashToken(token));
    const anew = new DomainError('NEEDS_LOGIN', 'The node has a new token');
    this.#options.sessions.expel(key.nodeId, anew);
    return token;
  }

  async disable(key: NodeKey): Promise<void> {
    await this.#options.register.disable(key);
    const disabled = new DomainError('FORBIDDEN', 'The node is disabled');
    this.#options.sessions.expel(key.nodeId, disabled);
  }

  /** Ends a drain, too. */
  async restore(key: NodeKey): Promise<void> {
    await this.#options.register.restore(key);
    this.#options.sessions.restore(key.nodeId);
  }

  async drain(key: NodeKey): Promise<void> {
    await this.#options.register.drain(key);
    this.#options.sessions.drain(key.nodeId);
  }

  async list(tenantId: TenantId): Promise<NodeView[]> {
    return (await this.#options.register.list(tenantId)).map((row) => this.#viewOf(row));
  }

  /** Of a tenant's connected nodes: `free` can take a task now. */
  async count(tenantId: TenantId): Promise<NodeCounts> {
    const nodes = await this.list(tenantId);
    const active = nodes.filter(({ presence }) => presence === 'connected');
    const free = active.filter(
      ({ nodeId, standing, offer }) =>
        standing === 'enabled' &&
        offer !== undefined &&
        !isTooBusy(0, this.#demandsAt(nodeId), offer),
    );
    return { active: active.length, free: free.length, busy: active.length - free.length };
  }

  /** Empty for a task that has a node. Throws TASK_NOT_FOUND for a foreign or an ended task. */
  async explain(tenantId: TenantId, taskId: TaskId): Promise<WaitingReason[]> {
    const { board, register, world } = this.#options;
    const task = board.get(taskId);
    if (task === undefined || task.state.tenantId !== tenantId) {
      throw new DomainError('TASK_NOT_FOUND', 'No such task');
    }
    if (task.state.status !== 'issued') return [];
    const nodes = (await register.listConnected()).flatMap(({ nodeId, offer, standing }) => {
      if (offer === undefined) return [];
      const drains = standing === 'draining' ? ('yes' as const) : ('no' as const);
      return [{ nodeId, offer, drains, demands: this.#demandsAt(nodeId) }];
    });
    return explainWaiting(task, nodes, world.now());
  }

  #demandsAt(nodeId: NodeId): number[] {
    return this.#options.board.tasksOf(nodeId).map(({ state }) => state.capabilities.memSize);
  }

  #viewOf(row: NodeRow): NodeView {
    const { board, lostAfterMs } = this.#options;
    const isHere = row.link === 'connected' && row.silentMs < lostAfterMs;
    const running = board.countOf(row.nodeId);
    return { ...row, presence: isHere ? 'connected' : 'away', running };
  }
}
