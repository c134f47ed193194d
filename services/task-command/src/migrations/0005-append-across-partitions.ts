import { type Kysely, sql } from 'kysely';
import { sqlStates } from '../postgres/sql-states.ts';

// As in 0003: what appends by the older function waits for the same locks.
const lockClass = 0x4743;

/**
 * Begins with the task, and no longer with the partition: while the tables had no statistics yet,
 * some connections looked commands up by the primary key (partition, position) and read the whole
 * partition for each of them (seen: 100 tasks/s instead of 1,000, until the first autoanalyze). A
 * task is in one partition only, so this index is as strict, and the only one for the question.
 */
const commandOnce = [
  sql`alter table task_command.event drop constraint event_command_once`,
  sql`
    alter table task_command.event
    add constraint event_command_once unique (task_id, command_id)`,
];

/**
 * As the function of 0003, of which all the reasons hold, for commands of several partitions in one
 * transaction: an append costs 0.5 ms of Postgres however small it is, and 0.03 ms for each event,
 * so that four batches of 14 cost twice as much as one of 56 (measured). The older one stays for
 * replicas of the release before.
 *
 * The locks are taken in the order of the partitions, so that no two appends wait for each other.
 * A stream is accepted as a whole or not at all. The caller sends the commands of a stream in the
 * order of their versions, none twice (a unique constraint would fail all of them): the sorts that
 * looked for this took a fifth of an append. A key that comes twice is a conflict the second time.
 * Answers a row for each partition (its head before, the time) and one for each command that is not
 * accepted: the positions of the others follow from the head.
 */
const appendBatch = sql`
  create function task_command.append_batch(
    p_partitions integer[],
    p_task_ids text[],
    p_command_ids uuid[],
    p_event_ids uuid[],
    p_expected integer[],
    p_types text[],
    p_schema_versions smallint[],
    p_tenant_ids text[],
    p_data bytea[],
    p_keys text[],
    p_request_hashes bytea[],
    p_content_types text[],
    p_bodies bytea[]
  ) returns table (
    "partition" integer, head bigint, recorded_at timestamptz(3),
    ord integer, outcome text, version integer, task_id text
  )
  language plpgsql
  set enable_seqscan = off
  set enable_hashjoin = off
  set enable_mergejoin = off
  set enable_bitmapscan = off
  set enable_material = off
  set enable_memoize = off
  set plan_cache_mode = force_generic_plan
  as $$
  #variable_conflict use_column
  declare
    unknown integer;
    now_ms timestamptz(3);
  begin
    if current_setting('transaction_isolation') <> 'read committed' then
      raise exception 'append_batch needs read committed'
        using errcode = ${sql.lit(sqlStates.wrongIsolation)};
    end if;
    perform pg_advisory_xact_lock(${sql.lit(lockClass)}, p.partition)
    from (select distinct partition from unnest(p_partitions) u (partition) order by partition) p;

    select p.partition into unknown
    from unnest(p_partitions) p (partition)
    where not exists (
      select from task_command.partition_head h where h.partition = p.partition
    ) limit 1;
    if unknown is not null then
      raise exception 'the log has no partition %', unknown
        using errcode = ${sql.lit(sqlStates.unknownPartition)};
    end if;
    now_ms := clock_timestamp();

    return query
    with command as materialized (
      select c.*,
        coalesce(h.version, 0) as head_version,
        e.version as duplicate_of,
        k.task_id as key_task_id,
        k.command_id = c.command_id as key_is_own,
        k.request_hash = c.request_hash as key_fits
      from unnest(p_partitions, p_task_ids, p_command_ids, p_event_ids, p_expected, p_types,
          p_schema_versions, p_tenant_ids, p_data, p_keys, p_request_hashes,
          p_content_types, p_bodies)
        with ordinality as c (partition, task_id, command_id, event_id, expected, type,
          schema_version, tenant_id, data, key, request_hash,
          content_type, body, ord)
      left join task_command.stream_head h
        on h.partition = c.partition and h.task_id = c.task_id
      left join task_command.event e
        on e.task_id = c.task_id and e.command_id = c.command_id
      left join task_command.idempotency_key k
        on k.tenant_id = c.tenant_id and k.key = c.key
    ),
    stream as materialized (
      select c.task_id,
        min(c.expected) = min(c.head_version)
          and count(*) = max(c.expected) - min(c.expected) + 1
          and count(c.duplicate_of) = 0 and count(c.key_task_id) = 0 as accepted
      from command c group by c.partition, c.task_id
    ),
    key_again as materialized (
      select c.tenant_id, c.key, min(c.ord) as first
      from command c where c.key is not null group by c.tenant_id, c.key having count(*) > 1
    ),
    refused as materialized (
      select s.task_id from stream s where not s.accepted
      union all
      select c.task_id from key_again a join command c
        on c.tenant_id = a.tenant_id and c.key = a.key and c.ord > a.first
    ),
    head as materialized (
      select h.partition, h.position
      from task_command.partition_head h where h.partition = any(p_partitions)
    ),
    placed as materialized (
      select c.*, h.position
        + row_number() over (partition by c.partition order by c.ord) as place
      from command c join head h on h.partition = c.partition
      where not exists (select from refused r where r.task_id = c.task_id)
    ),
    new_event as (
      insert into task_command.event (partition, position, task_id, version, type, schema_version,
        event_id, command_id, tenant_id, recorded_at, data)
      select c.partition, c.place, c.task_id, c.expected + 1, c.type, c.schema_version,
        c.event_id, c.command_id, c.tenant_id, now_ms, c.data
      from placed c
    ),
    new_payload as (
      insert into task_command.payload (partition, task_id, content_type, body)
      select c.partition, c.task_id, c.content_type, c.body
      from placed c where c.body is not null and c.type = 'TaskIssued'
    ),
    new_result as (
      insert into task_command.result (partition, task_id, content_type, body)
      select c.partition, c.task_id, c.content_type, c.body
      from placed c where c.body is not null and c.type = 'TaskFinished'
    ),
    new_key as (
      insert into task_command.idempotency_key (tenant_id, key, request_hash, command_id, task_id,
        created_at)
      select c.tenant_id, c.key, c.request_hash, c.command_id, c.task_id, now_ms
      from placed c where c.key is not null
    ),
    new_stream_head as (
      insert into task_command.stream_head as s (partition, task_id, tenant_id, version, position,
        open)
      select c.partition, c.task_id, min(c.tenant_id), max(c.expected) + 1, max(c.place),
        bool_and(c.type <> 'TaskFinished')
      from placed c group by c.partition, c.task_id
      on conflict (partition, task_id) do update
        set version = excluded.version, position = excluded.position, open = excluded.open
    ),
    new_head as (
      update task_command.partition_head h set position = a.last
      from (select c.partition, max(c.place) as last from placed c group by c.partition) a
      where h.partition = a.partition
    )
    select h.partition, h.position, now_ms, null::integer, null, null::integer, null from head h
    union all
    select c.partition, null, null, c.ord::integer,
      case
        when c.key_task_id is not null and not c.key_fits then 'key_reused'
        when c.key_task_id is not null and c.key_is_own then 'duplicate'
        when c.key_task_id is not null then 'replayed'
        when c.duplicate_of is not null then 'duplicate'
        else 'conflict'
      end,
      case
        when c.key_task_id is not null then 1
        when c.duplicate_of is not null then c.duplicate_of
        else c.head_version
      end,
      coalesce(c.key_task_id, c.task_id)
    from command c where exists (select from refused r where r.task_id = c.task_id);
  end $$`;

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of [...commandOnce, appendBatch]) await statement.execute(db);
}
