import type { NodeId } from '@greencloud/domain';
import { tenantId } from '../placement/placement-fixtures.ts';
import { hashToken } from '../session/login.ts';
import type { SessionLink, SessionStore, Standing } from '../session/session-store.ts';

interface Row {
  epoch: bigint;
  link: SessionLink;
  seenAt: number;
}

/** The sessions table in memory, shared by all replicas of a test. Every node's token is `token`. */
export interface MemorySessions extends SessionStore {
  readonly standings: Map<NodeId, Standing>;
  silenceOf(nodeIds: readonly NodeId[]): Promise<ReadonlyMap<NodeId, number>>;
  endSilent(nodeIds: readonly NodeId[], silentMs: number): Promise<NodeId[]>;
}

export function createMemorySessions(now: () => number): MemorySessions {
  const rows = new Map<NodeId, Row>();
  const standings = new Map<NodeId, Standing>();
  const standingOf = (nodeId: NodeId) => standings.get(nodeId) ?? 'enabled';
  return {
    standings,
    login: async (nodeId) => ({
      owner: tenantId('owner'),
      tokenHash: hashToken('token'),
      standing: standingOf(nodeId),
    }),
    begin: async ({ nodeId }) => {
      const last = rows.get(nodeId);
      const epoch = (last?.epoch ?? 0n) + 1n;
      const previous = last === undefined || last.link === 'away' ? 'none' : last.epoch;
      rows.set(nodeId, { epoch, link: 'connected', seenAt: now() });
      return { nodeId, epoch, previous, standing: standingOf(nodeId) };
    },
    end: async ({ nodeId, epoch }) => {
      const row = rows.get(nodeId);
      if (row?.epoch === epoch) row.link = 'away';
      return row !== undefined && row.epoch !== epoch && row.link !== 'away'
        ? 'superseded'
        : 'ended';
    },
    touch: async (sessions) =>
      sessions.flatMap(({ nodeId, epoch, link, silentMs }) => {
        const row = rows.get(nodeId);
        if (row === undefined) return [];
        const before = { nodeId, epoch: row.epoch, link: row.link, standing: standingOf(nodeId) };
        const isIt = row.epoch === epoch && row.link !== 'away';
        if (isIt) Object.assign(row, { link, seenAt: now() - silentMs });
        return [before];
      }),
    silenceOf: async (nodeIds) =>
      new Map(
        nodeIds.flatMap((nodeId) => {
          const row = rows.get(nodeId);
          return row === undefined ? [] : [[nodeId, now() - row.seenAt] as const];
        }),
      ),
    endSilent: async (nodeIds, silentMs) =>
      nodeIds.filter((nodeId) => {
        const row = rows.get(nodeId);
        if (row !== undefined && now() - row.seenAt <= silentMs) return false;
        if (row !== undefined) row.link = 'away';
        return true;
      }),
  };
}
