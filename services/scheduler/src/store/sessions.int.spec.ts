import { parseNodeId, parseTenantId } from '@greencloud/domain';
import { migrateToLatest, openDatabase } from '@greencloud/postgres';
import { createLogger } from '@greencloud/runtime';
import { eventually, type TestDatabase, withPostgres } from '@greencloud/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { plan } from '../migrations/index.ts';
import { offer } from '../placement/placement-fixtures.ts';
import type { SessionStore } from '../session/session-store.ts';
import type { Database, Db } from './database.ts';
import { endSilentSessions } from './end-silent-sessions.ts';
import { enrolNode } from './enrol-node.ts';
import { createSessionStore } from './session-store.ts';
import { disableNode, restoreNode } from './set-standing.ts';

const nodeId = parseNodeId('00000000-0000-4000-8000-000000000001');
const other = parseNodeId('00000000-0000-4000-8000-000000000002');
const tenantId = parseTenantId('a');
const tokenHash = Buffer.alloc(32, 1);
const hello = { nodeId, bootId: 'boot', offer: offer(), running: [] };

let database: TestDatabase;
let db: Db;
let store: SessionStore;

beforeAll(async () => {
  database = await withPostgres();
  const logger = createLogger({ service: 'test', level: 'silent' });
  db = openDatabase<Database>({ url: database.url, connections: 5, name: 'test', logger });
  await migrateToLatest(db, plan);
  store = createSessionStore(db, 'replica-1');
});
beforeEach(async () => {
  await sql`truncate scheduler.session, scheduler.node cascade`.execute(db);
  await enrolNode(db, { tenantId, nodeId }, '', tokenHash);
});
afterAll(async () => {
  await db.destroy();
  await database.close();
});

const begin = () => store.begin(hello, tokenHash);
const silentFor = (seconds: number) =>
  sql`update scheduler.session set last_seen_at = clock_timestamp() - ${seconds} * interval '1 second'`.execute(
    db,
  );

describe('a session that begins', () => {
  it('takes over from the one before', async () => {
    expect(await begin()).toMatchObject({ epoch: 1n, previous: 'none' });
    expect(await begin()).toMatchObject({ epoch: 2n, previous: 1n });
    const silent = { nodeId, epoch: 2n, link: 'silent', silentMs: 10 } as const;
    await store.touch([silent]);
    expect(await begin()).toMatchObject({ epoch: 3n, previous: 2n });
  });

  it('takes over from none when that one was ended, by its replica or its owner', async () => {
    await begin();
    await store.end({ nodeId, epoch: 1n });
    expect(await begin()).toMatchObject({ epoch: 2n, previous: 'none' });
    await disableNode(db, { tenantId, nodeId });
    await restoreNode(db, { tenantId, nodeId });
    expect(await begin()).toMatchObject({ epoch: 4n, previous: 'none' });
  });

  // The one who ends it releases the attempts, the one who takes over gives them.
  it('and one who ends the one before agree who was first, as often as they meet', async () => {
    for (let epoch = 1n; epoch < 120n; epoch += 2n) {
      expect(await begin()).toMatchObject({ epoch });
      const ending = store.end({ nodeId, epoch });
      const beginning = begin();
      const [ended, begun] = await Promise.all([ending, beginning]);
      expect(begun).toMatchObject({ previous: ended === 'ended' ? 'none' : epoch });
    }
  });

  it('waits for one who is ending the one before', async () => {
    await begin();
    const client = await database.pool.connect();
    await client.query('begin');
    await client.query(`update scheduler.session set link = 'away'`);
    const begun = begin();
    await eventually(async () => {
      const waits = `select from pg_stat_activity where wait_event_type = 'Lock' and application_name = 'test'`;
      expect((await database.pool.query(waits)).rowCount).toBe(1);
    });
    await client.query('commit');
    client.release();
    expect(await begun).toMatchObject({ epoch: 2n, previous: 'none' });
  });

  it('and another at once take over from each other', async () => {
    await begin();
    const begun = await Promise.all([begin(), begin(), begin(), begin()]);
    const inTurn = begun
      .flatMap((each) => each ?? [])
      .toSorted((a, b) => Number(a.epoch - b.epoch));
    expect(inTurn.map(({ epoch, previous }) => [epoch, previous])).toEqual([
      [2n, 1n],
      [3n, 2n],
      [4n, 3n],
      [5n, 4n],
    ]);
  });
});

describe('a session that has ended', () => {
  it('stays so, whatever its replica notes of it later', async () => {
    await begin();
    await store.end({ nodeId, epoch: 1n });
    const late = { nodeId, epoch: 1n, link: 'connected', silentMs: 0 } as const;
    await store.touch([late]);
    expect(await store.touch([late])).toMatchObject([{ epoch: 1n, link: 'away' }]);
    expect(await begin()).toMatchObject({ previous: 'none' });
  });
});

describe('ending the silent', () => {
  it('ends those that nobody heard for so long', async () => {
    await begin();
    await silentFor(31);
    expect(await endSilentSessions(db, [nodeId], 30_000)).toEqual([nodeId]);
    expect(await begin()).toMatchObject({ previous: 'none' });
  });

  it('leaves one that is back, and one that was not asked for', async () => {
    await begin();
    await silentFor(29);
    expect(await endSilentSessions(db, [nodeId], 30_000)).toEqual([]);
    await silentFor(31);
    expect(await endSilentSessions(db, [], 30_000)).toEqual([]);
    expect(await begin()).toMatchObject({ previous: 1n });
    expect(await endSilentSessions(db, [nodeId], 30_000)).toEqual([]);
    expect(await begin()).toMatchObject({ previous: 2n });
  });

  it('answers again those that have ended, and those that never were here', async () => {
    await begin();
    await silentFor(31);
    for (const _ of [1, 2]) {
      const ended = await endSilentSessions(db, [nodeId, other], 30_000);
      expect(ended.toSorted()).toEqual([nodeId, other]);
    }
  });
});
