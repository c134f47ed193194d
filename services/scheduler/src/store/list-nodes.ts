import { type NodeId, parseNodeId, type TenantId } from '@greencloud/domain';
import { sql } from 'kysely';
import type { NodeOffer } from '../placement/node-offer.ts';
import type { SessionLink, Standing } from '../session/session-store.ts';
import type { Db } from './database.ts';

export interface NodeRow {
  readonly nodeId: NodeId;
  readonly description: string;
  readonly standing: Standing;
  /** Undefined: never connected. */
  readonly offer: NodeOffer | undefined;
  readonly link: SessionLink;
  /** Unix ms, 0: never. */
  readonly lastSeenAt: number;
  /** Ms by the database's clock, Infinity: never. */
  readonly silentMs: number;
}

/** A tenant's nodes, in the order of enrolment. */
export async function listNodes(db: Db, tenantId: TenantId): Promise<NodeRow[]> {
  const rows = await nodeQuery(db)
    .where('node.tenant_id', '=', tenantId)
    .orderBy('node.enrolled_at')
    .orderBy('node.node_id')
    .execute();
  return rows.map(rowOf);
}

/** Everybody's nodes that are connected, as far as their replica could say within `withinMs`. */
export async function listConnected(db: Db, withinMs: number): Promise<NodeRow[]> {
  const rows = await nodeQuery(db).where('session.link', '=', 'connected').execute();
  return rows.map(rowOf).filter(({ silentMs }) => silentMs < withinMs);
}

function nodeQuery(db: Db) {
  return db
    .selectFrom('scheduler.node as node')
    .leftJoin('scheduler.session as session', 'session.node_id', 'node.node_id')
    .select(['node.node_id', 'node.description', 'node.standing', 'node.offer'])
    .select(['session.link', 'session.last_seen_at'])
    .select(
      sql<number | null>`
        (extract(epoch from clock_timestamp() - session.last_seen_at) * 1000)::float8`.as(
        'silent_ms',
      ),
    );
}

type Row = Awaited<ReturnType<ReturnType<typeof nodeQuery>['execute']>>[number];

function rowOf(row: Row): NodeRow {
  return {
    nodeId: parseNodeId(row.node_id),
    description: row.description,
    standing: row.standing,
    offer: row.offer ?? undefined,
    link: row.link ?? 'away',
    lastSeenAt: row.last_seen_at?.getTime() ?? 0,
    silentMs: row.silent_ms ?? Number.POSITIVE_INFINITY,
  };
}
