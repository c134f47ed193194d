import { DomainError } from '@greencloud/domain';
import { sql } from 'kysely';
import type { Standing } from '../session/session-store.ts';
import type { Db } from './database.ts';
import type { NodeKey } from './node-key.ts';

/** Throws NODE_NOT_FOUND for a missing and for a foreign node. */
export async function restoreNode(db: Db, key: NodeKey): Promise<void> {
  await setStanding(db, key, 'enabled');
}

/** A disabled node stays disabled. */
export async function drainNode(db: Db, key: NodeKey): Promise<void> {
  await setStanding(db, key, 'draining');
}

async function setStanding(db: Db, { tenantId, nodeId }: NodeKey, wanted: Standing): Promise<void> {
  const changed = await db
    .updateTable('scheduler.node')
    .set({
      standing:
        wanted === 'draining'
          ? sql<Standing>`case standing when 'disabled' then standing else 'draining' end`
          : wanted,
    })
    .where('node_id', '=', nodeId)
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst();
  if (changed.numUpdatedRows === 0n) throw missing();
}

/** Also ends its session, on whichever replica that is, by raising the epoch. */
export async function disableNode(db: Db, { tenantId, nodeId }: NodeKey): Promise<void> {
  const { rows } = await sql`
    with disabled as (
      update scheduler.node set standing = 'disabled'
      where node_id = ${nodeId} and tenant_id = ${tenantId}
      returning node_id
    ), ended as (
      update scheduler.session set epoch = epoch + 1, link = 'away'
      where node_id in (select node_id from disabled)
    )
    select node_id from disabled`.execute(db);
  if (rows.length === 0) throw missing();
}

function missing(): DomainError {
  return new DomainError('NODE_NOT_FOUND', 'No such node');
}
