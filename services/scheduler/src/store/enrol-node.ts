import { DomainError } from '@greencloud/domain';
import { sql } from 'kysely';
import type { Db } from './database.ts';
import type { NodeKey } from './node-key.ts';

/**
 * Enrols a node, or gives the owner's own node a new token, which ends the session of the old one.
 * Throws NODE_ALREADY_ENROLLED for another tenant's node.
 */
export async function enrolNode(
  db: Db,
  { nodeId, tenantId }: NodeKey,
  description: string,
  tokenHash: Uint8Array,
): Promise<void> {
  const { rows } = await sql<{ node_id: string }>`
    with enrolled as (
      insert into scheduler.node (node_id, tenant_id, description, token_hash)
      values (${nodeId}, ${tenantId}, ${description}, ${Buffer.from(tokenHash)})
      on conflict (node_id) do update
      set token_hash = excluded.token_hash,
          description = coalesce(nullif(excluded.description, ''), node.description)
      where node.tenant_id = excluded.tenant_id
      returning node_id
    ), ended as (
      update scheduler.session set epoch = epoch + 1, link = 'away'
      where node_id in (select node_id from enrolled)
    )
    select node_id from enrolled`.execute(db);
  if (rows.length === 0) {
    throw new DomainError('NODE_ALREADY_ENROLLED', 'The node belongs to somebody else');
  }
}
