import type {
  BegunSession,
  LastSession,
  NodeLogin,
  SessionKey,
  SessionSeen,
} from '../product/scheduler.ts';

type NodeId = SessionKey['nodeId'];

interface NodeRow {
  readonly login: NodeLogin;
  standing: NodeLogin['standing'];
}

interface SessionRow {
  epoch: bigint;
  link: LastSession['link'];
  lastSeenAt: number;
}

/** What of the schema `scheduler` the stand-in keeps: nodes, their sessions, and the replicas. */
export class SessionTables {
  readonly nodes = new Map<NodeId, NodeRow>();
  readonly sessions = new Map<NodeId, SessionRow>();
  readonly replicas = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  enrol(nodeId: NodeId, login: NodeLogin): void {
    this.nodes.set(nodeId, { login, standing: login.standing });
  }

  login(nodeId: NodeId): NodeLogin | undefined {
    const node = this.nodes.get(nodeId);
    return node && { ...node.login, standing: node.standing };
  }

  nodeOfToken(tokenHash: Uint8Array): NodeId | undefined {
    for (const [nodeId, { login, standing }] of this.nodes) {
      if (standing !== 'disabled' && Buffer.from(login.tokenHash).equals(tokenHash)) return nodeId;
    }
    return undefined;
  }

  begin(nodeId: NodeId): BegunSession | undefined {
    const node = this.nodes.get(nodeId);
    if (node === undefined || node.standing === 'disabled') return undefined;
    const last = this.sessions.get(nodeId);
    const epoch = (last?.epoch ?? 0n) + 1n;
    const previous = last === undefined || last.link === 'away' ? 'none' : last.epoch;
    this.sessions.set(nodeId, { epoch, link: 'connected', lastSeenAt: this.#now() });
    return { nodeId, epoch, previous, standing: node.standing };
  }

  end({ nodeId, epoch }: SessionKey): 'ended' | 'superseded' {
    const last = this.sessions.get(nodeId);
    if (last === undefined) return 'ended';
    const wasAway = last.link === 'away';
    if (last.epoch === epoch) last.link = 'away';
    return !wasAway && last.epoch !== epoch ? 'superseded' : 'ended';
  }

  touch(seen: readonly SessionSeen[]): LastSession[] {
    return seen.flatMap(({ nodeId, epoch, silentMs, link }) => {
      const session = this.sessions.get(nodeId);
      const node = this.nodes.get(nodeId);
      if (session === undefined || node === undefined) return [];
      // The select sees the row as it was before the update.
      const before = { nodeId, epoch: session.epoch, link: session.link, standing: node.standing };
      if (session.epoch === epoch && session.link !== 'away') {
        session.lastSeenAt = this.#now() - Math.round(silentMs);
        session.link = link;
      }
      return [before];
    });
  }

  silenceOf(nodeIds: readonly NodeId[]): Map<NodeId, number> {
    return new Map(
      nodeIds.flatMap((nodeId) => {
        const session = this.sessions.get(nodeId);
        return session === undefined ? [] : [[nodeId, this.#now() - session.lastSeenAt] as const];
      }),
    );
  }

  endSilent(nodeIds: readonly NodeId[], silentMs: number): NodeId[] {
    const before = this.#now() - silentMs;
    return nodeIds.filter((nodeId) => {
      const session = this.sessions.get(nodeId);
      if (session !== undefined && session.lastSeenAt >= before) return false;
      if (session !== undefined) session.link = 'away';
      return true;
    });
  }

  meet(name: string, withinMs: number): string[] {
    this.replicas.set(name, this.#now());
    const since = this.#now() - withinMs;
    return [...this.replicas].filter(([, seenAt]) => seenAt > since).map(([replica]) => replica);
  }

  leave(name: string): void {
    this.replicas.delete(name);
  }

  /** Ends its session too, on whichever replica that is, by raising the epoch. */
  disable(nodeId: NodeId): void {
    const node = this.nodes.get(nodeId);
    const session = this.sessions.get(nodeId);
    if (node !== undefined) node.standing = 'disabled';
    if (session === undefined) return;
    session.epoch += 1n;
    session.link = 'away';
  }

  setStanding(nodeId: NodeId, standing: 'enabled' | 'draining'): void {
    const node = this.nodes.get(nodeId);
    if (node !== undefined && (standing === 'enabled' || node.standing !== 'disabled')) {
      node.standing = standing;
    }
  }
}
