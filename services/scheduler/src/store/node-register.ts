import type { NodeRegister } from '../admin/node-admin.ts';
import type { Db } from './database.ts';
import { enrolNode } from './enrol-node.ts';
import { listConnected, listNodes } from './list-nodes.ts';
import { disableNode, drainNode, restoreNode } from './set-standing.ts';

/** The enrolled nodes in Postgres. */
export function createNodeRegister(db: Db, lostAfterMs: number): NodeRegister {
  return {
    enrol: (key, description, tokenHash) => enrolNode(db, key, description, tokenHash),
    disable: (key) => disableNode(db, key),
    restore: (key) => restoreNode(db, key),
    drain: (key) => drainNode(db, key),
    list: (tenantId) => listNodes(db, tenantId),
    listConnected: () => listConnected(db, lostAfterMs),
  };
}
