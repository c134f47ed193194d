import { parseNodeId, parseTenantId } from '@greencloud/domain';
import { migrateToLatest, openDatabase } from '@greencloud/postgres';
import { createLogger } from '@greencloud/runtime';
import { withPostgres } from '@greencloud/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SessionStore } from '../product/scheduler.ts';
import {
  createSessionStore,
  disableNode,
  drainNode,
  endSilentSessions,
  enrolNode,
  findNodeOfToken,
  restoreNode,
  type SchedulerDatabase,
  schedulerPlan,
} from '../product/sql-acts.ts';
import { SessionTables } from './session-tables.ts';

const tenantId = parseTenantId('a');
const nodeIds = [1, 2].map((n) => parseNodeId(`00000000-0000-4000-8000-00000000000${n}`));
const logger = createLogger({ service: 'test', level: 'silent' });
const acts = ['begin', 'end', 'touch', 'sweep', 'drain', 'disable', 'restore', 'login'] as const;

const act = fc.record({
  act: fc.constantFrom(...acts),
  node: fc.nat(1),
  /** How far from the last epoch. */
  behind: fc.nat(2),
  link: fc.constantFrom('connected' as const, 'silent' as const),
});

describe('the stand-in for node sessions', () => {
  it('answers as Postgres does, whatever the order', async () => {
    await using database = await withPostgres();
    const db = openDatabase<SchedulerDatabase>({
      url: database.url,
      connections: 2,
      name: 'test',
      logger,
    });
    await migrateToLatest(db, schedulerPlan);
    const real = createSessionStore(db, 'replica-1');
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (given) => {
        await database.pool.query('truncate scheduler.session, scheduler.node cascade');
        const tables = new SessionTables(() => Date.now());
        for (const [index, nodeId] of nodeIds.entries()) {
          const tokenHash = Buffer.alloc(32, index);
          await enrolNode(db, { tenantId, nodeId }, '', tokenHash);
          tables.enrol(nodeId, { owner: tenantId, tokenHash, standing: 'enabled' });
        }
        for (const { act, node, behind, link } of given) {
          const nodeId = nodeIds[node] ?? nodeIds[0];
          if (nodeId === undefined) return;
          const last = tables.sessions.get(nodeId)?.epoch ?? 0n;
          const epoch = last > BigInt(behind) ? last - BigInt(behind) : last;
          const tokenHash = Buffer.alloc(32, node);
          const key = { tenantId, nodeId };
          const seen = [{ nodeId, epoch, link, silentMs: link === 'silent' ? 60_000 : 5 }];
          const hello = helloOf(nodeId);
          const [wanted, answered] = await {
            begin: async () => [await real.begin(hello, tokenHash), tables.begin(nodeId)],
            end: async () => [await real.end({ nodeId, epoch }), tables.end({ nodeId, epoch })],
            touch: async () => [await real.touch(seen), tables.touch(seen)],
            sweep: async () => [
              (await endSilentSessions(db, nodeIds, 30_000)).toSorted(),
              tables.endSilent(nodeIds, 30_000).toSorted(),
            ],
            drain: async () => [await drainNode(db, key), tables.setStanding(nodeId, 'draining')],
            disable: async () => [await disableNode(db, key), tables.disable(nodeId)],
            restore: async () => [
              await restoreNode(db, key),
              tables.setStanding(nodeId, 'enabled'),
            ],
            login: async () => [
              [(await real.login(nodeId))?.standing, await findNodeOfToken(db, tokenHash)],
              [tables.login(nodeId)?.standing, tables.nodeOfToken(tokenHash)],
            ],
          }[act]();
          expect(answered, act).toEqual(wanted);
        }
      }),
      { numRuns: 60 },
    );
    await db.destroy();
  });
});

function helloOf(nodeId: (typeof nodeIds)[number]): Parameters<SessionStore['begin']>[0] {
  const energy = { source: 'grid', carbonIntensity: 300 } as const;
  const sizes = {
    cpuCount: 1,
    memSize: 64,
    networkLatency: 1,
    privileged: false,
    slots: 1,
    lookahead: 0,
  };
  const offer = { ...sizes, energy, isolation: 'namespace', trusts: [] } as const;
  return { nodeId, bootId: 'boot', offer, running: [] };
}
