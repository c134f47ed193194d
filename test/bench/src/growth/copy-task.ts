import { randomBytes } from 'node:crypto';
import { partitionOf } from '@greencloud/domain';
import type { Client } from 'pg';

export type CopyOptions = {
  readonly client: Client;
  readonly taskId: string;
  readonly count: number;
};

type Copies = {
  readonly ids: string[];
  readonly partitions: number[];
  /** The position before its first event. */
  readonly bases: bigint[];
  readonly at: number[];
};

const MOST_AT_ONCE = 20_000;
const QUARTER_MS = 900_000;

/**
 * Makes copies of a task, in log and views, as if each had gone the same way: one transaction, with
 * every constraint of the tables on. What the views get is what the projection would fold of these
 * events: the row of the task that is copied, with the copy's id and times. For a database that
 * nobody else uses.
 */
export async function copyTask({ client, taskId, count }: CopyOptions): Promise<void> {
  await client.query('begin');
  const heads = await headsOf(client);
  const events = await countEvents(client, taskId);
  const statements = [...logCopies, await viewCopy(client)];
  const first = Date.now() - count;
  for (let made = 0; made < count; made += MOST_AT_ONCE) {
    const copies = nextCopies(heads, events, first + made, Math.min(MOST_AT_ONCE, count - made));
    const { ids, partitions, bases, at } = copies;
    for (const statement of statements) {
      await client.query(statement, [taskId, ids, partitions, bases.map(String), at]);
    }
    await client.query(issuedCopy, [taskId, partitions, at.map(quarterOf)]);
    await client.query(countCopy, [taskId, partitions]);
  }
  for (const [partition, head] of heads.entries()) {
    await client.query(headUpdate, [partition, String(head)]);
    await client.query(checkpointUpdate, [partition, String(head)]);
  }
  await client.query('commit');
  for (const table of TABLES) await client.query(`vacuum analyze ${table}`);
}

/** By partition. */
async function headsOf(client: Client): Promise<bigint[]> {
  const { rows } = await client.query<{ head: string; seen: string }>(
    `select h.position::text as head, c.position::text as seen
     from task_command.partition_head h join projection.checkpoint c using (partition)
     order by partition`,
  );
  if (rows.some(({ head, seen }) => head !== seen)) throw new Error('the views are behind the log');
  return rows.map(({ head }) => BigInt(head));
}

async function countEvents(client: Client, taskId: string): Promise<bigint> {
  const { rows } = await client.query<{ events: string }>(
    'select count(*)::text as events from task_command.event where task_id = $1',
    [taskId],
  );
  return BigInt(rows[0]?.events ?? 0);
}

/** One task each millisecond. Moves the heads on. */
function nextCopies(heads: bigint[], events: bigint, first: number, count: number): Copies {
  const copies: Copies = { ids: [], partitions: [], bases: [], at: [] };
  for (let i = 0; i < count; i++) {
    const id = taskIdAt(first + i);
    const partition = partitionOf(id, heads.length);
    const base = heads[partition] ?? 0n;
    heads[partition] = base + events;
    copies.ids.push(id);
    copies.partitions.push(partition);
    copies.bases.push(base);
    copies.at.push(first + i);
  }
  return copies;
}

/** Begins with the second, as the ids of the edge do. */
function taskIdAt(ms: number): string {
  const seconds = Math.floor(ms / 1_000).toString(16);
  return seconds.padStart(8, '0') + randomBytes(8).toString('hex');
}

function quarterOf(ms: number): number {
  return Math.floor(ms / QUARTER_MS);
}

const copies = `
  with new as (
    select * from unnest($2::text[], $3::integer[], $4::bigint[], $5::bigint[])
      as n (task_id, partition, base, at)
  )`;

const logCopies = [
  `${copies}, one as materialized (select * from task_command.event where task_id = $1)
  insert into task_command.event (partition, position, task_id, version, type, schema_version,
    event_id, command_id, tenant_id, recorded_at, data)
  select n.partition, n.base + o.version, n.task_id, o.version, o.type, o.schema_version,
    gen_random_uuid(), gen_random_uuid(), o.tenant_id, to_timestamp(n.at / 1000.0), o.data
  from new n cross join one o`,
  `${copies}
  insert into task_command.stream_head (partition, task_id, tenant_id, version, position, open)
  select n.partition, n.task_id, o.tenant_id, o.version, n.base + o.version, o.open
  from new n join task_command.stream_head o on o.task_id = $1`,
  ...['payload', 'result'].map(
    (table) => `${copies}
    insert into task_command.${table} (partition, task_id, content_type, body)
    select n.partition, n.task_id, o.content_type, o.body
    from new n join task_command.${table} o on o.task_id = $1 where n.base is not null`,
  ),
];

/** Every column of the view is the copied task's, but for the id and the times. */
async function viewCopy(client: Client): Promise<string> {
  const { rows } = await client.query<{ name: string }>(
    `select column_name as name from information_schema.columns
     where table_schema = 'projection' and table_name = 'task_view'`,
  );
  const names = rows.map(({ name }) => name);
  const values = names.map((name) => {
    if (name === 'task_id') return 'n.task_id';
    return name.endsWith('_at') ? `case when o.${name} is not null then n.at end` : `o.${name}`;
  });
  return `${copies}
    insert into projection.task_view (${names.join(', ')}) select ${values.join(', ')}
    from new n join projection.task_view o on o.task_id = $1
    where n.partition >= 0 and n.base >= 0`;
}

const issuedCopy = `
  insert into projection.tenant_issued as i (tenant_id, quarter, partition, issued)
  select o.tenant_id, n.quarter, n.partition, count(*)
  from unnest($2::integer[], $3::integer[]) n (partition, quarter)
  join projection.task_view o on o.task_id = $1
  group by o.tenant_id, n.quarter, n.partition
  on conflict (tenant_id, quarter, partition) do update set issued = i.issued + excluded.issued`;

const countCopy = `
  insert into projection.tenant_count as c (tenant_id, partition, pending, running, finished)
  select o.tenant_id, n.partition, count(*) filter (where o.state in ('issued', 'assigned')),
    count(*) filter (where o.state = 'running'), count(*) filter (where o.state = 'finished')
  from unnest($2::integer[]) n (partition) join projection.task_view o on o.task_id = $1
  group by o.tenant_id, n.partition
  on conflict (tenant_id, partition) do update set pending = c.pending + excluded.pending,
    running = c.running + excluded.running, finished = c.finished + excluded.finished`;

const headUpdate = 'update task_command.partition_head set position = $2 where partition = $1';
const checkpointUpdate = 'update projection.checkpoint set position = $2 where partition = $1';

const TABLES = [
  'task_command.event',
  'task_command.stream_head',
  'task_command.payload',
  'task_command.result',
  'projection.task_view',
];
