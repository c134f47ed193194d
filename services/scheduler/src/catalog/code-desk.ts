import { type CodeVersion, DomainError, type NodeId } from '@greencloud/domain';
import type { Board } from '../board/board.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { hashToken } from '../session/login.ts';
import type { CodeSource } from './code-source.ts';

export interface CodeDeskOptions {
  readonly board: Board;
  readonly fleet: Fleet;
  readonly source: CodeSource;
  readonly nodeOfToken: (tokenHash: Uint8Array) => Promise<NodeId | undefined>;
}

/** Hands code out to nodes: only that of a task which the node has. */
export class CodeDesk {
  readonly #options: CodeDeskOptions;

  constructor(options: CodeDeskOptions) {
    this.#options = options;
  }

  /** Throws NEEDS_LOGIN, FORBIDDEN, or what the catalog throws. */
  async get(token: string, version: CodeVersion): Promise<Uint8Array> {
    const nodeId = await this.#options.nodeOfToken(hashToken(token));
    if (nodeId === undefined) throw new DomainError('NEEDS_LOGIN', 'No node has this token');
    if (!this.#isNeeded(nodeId, version)) {
      throw new DomainError('FORBIDDEN', 'The node has no task that runs this code');
    }
    return await this.#options.source.get(version);
  }

  /** The fleet knows an assignment before the board does; the board knows those of other replicas. */
  #isNeeded(nodeId: NodeId, version: CodeVersion): boolean {
    const { board, fleet } = this.#options;
    const held = [...(fleet.get(nodeId)?.held.keys() ?? [])];
    const assigned = board.tasksOf(nodeId).map(({ taskId }) => taskId);
    return [...held, ...assigned].some(
      (taskId) => board.get(taskId)?.state.codeVersion === version,
    );
  }
}
