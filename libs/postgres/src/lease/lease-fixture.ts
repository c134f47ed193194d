import { randomUUID } from 'node:crypto';
import { createLogger, sleep } from '@greencloud/runtime';
import { type Kysely, sql } from 'kysely';
import { openDatabase } from '../open-database.ts';
import { createLeaseKeeper } from './lease-keeper.ts';
import type { Instance, Lease, LeaseTables } from './lease-table.ts';

export const tables: LeaseTables = { lease: 'test.lease', replica: 'test.replica' };

export type LeaseDb = Kysely<never>;

export function openLeases(url: string): LeaseDb {
  const logger = createLogger({ service: 'test', level: 'silent' });
  return openDatabase<never>({ url, connections: 4, name: 'leases', logger });
}

/** `done` is what a fenced worker leaves: a row for each time that it was let through. */
export async function makeTables(db: LeaseDb): Promise<void> {
  const statements = [
    sql`create schema test`,
    sql`
      create table test.lease (
        partition integer primary key,
        holder text not null default '',
        instance text,
        epoch bigint not null default 0,
        expires_at timestamptz(3) not null default '-infinity'
      )`,
    sql`
      create table test.replica (
        instance text primary key, name text not null, seen_at timestamptz(3) not null
      )`,
    sql`
      create table test.done (
        n bigint generated always as identity,
        partition integer not null, epoch bigint not null, holder text not null,
        at timestamptz not null default clock_timestamp()
      )`,
  ];
  for (const statement of statements) await statement.execute(db);
}

/** Refused unless this is the current lease: the share lock holds it to the end of the statement. */
async function workOnce(db: LeaseDb, self: Instance, { partition, epoch }: Lease): Promise<void> {
  await sql`
    with current as (
      select from test.lease
      where partition = ${partition} and instance = ${self.id} and epoch = ${epoch}
      for share
    )
    insert into test.done (partition, epoch, holder)
    select ${partition}, ${epoch}, ${self.name} from current`.execute(db);
}

export interface Keeping {
  readonly self: Instance;
  readonly holding: ReadonlyMap<number, bigint>;
  /** How often it began to work on a partition. */
  begun: number;
  /** Unix ms: when a lease was last said to be gone. */
  lostAt: number;
  canHold: 'yes' | 'no';
  hurry(): void;
  stop(): Promise<void>;
}

const pauseMs = 20;

/** A keeper that works on what it holds, again and again. */
export function keep(
  db: LeaseDb,
  name: string,
  partitions: number,
  onChanged?: () => void,
): Keeping {
  const holding = new Map<number, bigint>();
  const stopping = new AbortController();
  const self = { id: randomUUID(), name };
  const keeper = createLeaseKeeper({
    db,
    tables,
    self,
    partitions,
    canHold: () => keeping.canHold,
    onChanged,
    onTurn: () => undefined,
    async work(lease, signal) {
      keeping.begun += 1;
      signal.addEventListener('abort', () => void (keeping.lostAt = Date.now()), { once: true });
      holding.set(lease.partition, lease.epoch);
      while (!signal.aborted) {
        await workOnce(db, self, lease).catch(() => undefined);
        await sleep(pauseMs, signal);
      }
      holding.delete(lease.partition);
    },
  });
  const running = keeper.run(stopping.signal);
  const keeping: Keeping = {
    self,
    holding,
    begun: 0,
    lostAt: 0,
    canHold: 'yes',
    hurry: () => keeper.hurry(),
    stop() {
      stopping.abort();
      return running;
    },
  };
  return keeping;
}
