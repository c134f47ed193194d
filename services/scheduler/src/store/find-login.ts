import { type NodeId, parseNodeId, parseTenantId } from '@greencloud/domain';
import type { NodeLogin } from '../session/session-store.ts';
import type { Db } from './database.ts';

export async function findLogin(db: Db, nodeId: NodeId): Promise<NodeLogin | undefined> {
  const row = await db
    .selectFrom('scheduler.node')
    .select(['tenant_id', 'token_hash', 'standing'])
    .where('node_id', '=', nodeId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { tenant_id, token_hash, standing } = row;
  return { owner: parseTenantId(tenant_id), tokenHash: token_hash, standing };
}

/** Whose token it is. A disabled node has none. */
export async function findNodeOfToken(db: Db, tokenHash: Uint8Array): Promise<NodeId | undefined> {
  const row = await db
    .selectFrom('scheduler.node')
    .select('node_id')
    .where('token_hash', '=', Buffer.from(tokenHash))
    .where('standing', '<>', 'disabled')
    .executeTakeFirst();
  return row === undefined ? undefined : parseNodeId(row.node_id);
}
