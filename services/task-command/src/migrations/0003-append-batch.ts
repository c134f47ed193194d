import { type Kysely, sql } from 'kysely';
import { sqlStates } from '../postgres/sql-states.ts';

// The two keys of the advisory lock: this one is ours alone in the database, the other the partition.
const lockClass = 0x4743;

/**
 * Appends a batch to one partition in one round trip.
 *
 * The lock comes first and in a statement of its own: a statement's snapshot is older than the
 * locks it waits for, so heads read in the statement that waits would be those of before the wait.
 * Refused: a sequence for positions (25 of 3,765 events skipped by readers in 3 s with 8 writers),
 * and `select for update` of the head (its wait ends with a re-read of that row, of no other).
 *
 * A command is accepted when its stream stands where the command expects it, counting what this
 * batch appends before it. Behind the first command of a stream that is not accepted, no other is:
 * it was decided on a state that never came to be. A command or key that comes twice in a batch is
 * a conflict the second time: the caller decides it again and then finds the first.
 *
 * The settings make every plan look up each command in the indexes. A plan lives as long as its
 * session, and one made for empty tables read the whole partition for each batch: seen, 369 ms for
 * 256 commands at 10,000 events.
 */
const appendBatch = sql`
  create function task_command.append_batch(
    p_partition integer,
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
    outcome text, version integer, "position" bigint, task_id text, recorded_at timestamptz(3)
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
    head bigint;
    now_ms timestamptz(3);
  begin
    if current_setting('transaction_isolation') <> 'read committed' then
      raise exception 'append_batch needs read committed'
        using errcode = ${sql.lit(sqlStates.wrongIsolation)};
    end if;
    perform pg_advisory_xact_lock(${sql.lit(lockClass)}, p_partition);

    select h.position into head
    from task_command.partition_head h where h.partition = p_partition;
    if head is null then
      raise exception 'the log has no partition %', p_partition
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
        k.request_hash = c.request_hash as key_fits,
        row_number() over stream as nth,
        row_number() over (partition by c.task_id, c.command_id order by c.ord) as nth_sending,
        row_number() over (partition by c.tenant_id, coalesce(c.key, c.ord::text || ' ')
                           order by c.ord) as nth_of_key
      from unnest(p_task_ids, p_command_ids, p_event_ids, p_expected, p_types,
          p_schema_versions, p_tenant_ids, p_data, p_keys, p_request_hashes,
          p_content_types, p_bodies)
        with ordinality as c (task_id, command_id, event_id, expected, type,
          schema_version, tenant_id, data, key, request_hash,
          content_type, body, ord)
      left join task_command.stream_head h
        on h.partition = p_partition and h.task_id = c.task_id
      left join task_command.event e
        on e.partition = p_partition and e.task_id = c.task_id and e.command_id = c.command_id
      left join task_command.idempotency_key k
        on k.tenant_id = c.tenant_id and k.key = c.key
      window stream as (partition by c.task_id order by c.ord)
    ),
    judged as materialized (
      select c.*, bool_and(
          c.expected = c.head_version + c.nth - 1
          and c.duplicate_of is null and c.key_task_id is null
          and c.nth_sending = 1 and c.nth_of_key = 1
        ) over (partition by c.task_id order by c.ord) as accepted
      from command c
    ),
    placed as materialized (
      select j.*, head + count(*) filter (where j.accepted) over (order by j.ord) as place
      from judged j
    ),
    new_event as (
      insert into task_command.event (partition, position, task_id, version, type, schema_version,
        event_id, command_id, tenant_id, recorded_at, data)
      select p_partition, c.place, c.task_id, c.expected + 1, c.type, c.schema_version,
        c.event_id, c.command_id, c.tenant_id, now_ms, c.data
      from placed c where c.accepted order by c.ord
    ),
    new_payload as (
      insert into task_command.payload (partition, task_id, content_type, body)
      select p_partition, c.task_id, c.content_type, c.body
      from placed c where c.accepted and c.body is not null and c.type = 'TaskIssued'
    ),
    new_result as (
      insert into task_command.result (partition, task_id, content_type, body)
      select p_partition, c.task_id, c.content_type, c.body
      from placed c where c.accepted and c.body is not null and c.type = 'TaskFinished'
    ),
    new_key as (
      insert into task_command.idempotency_key (tenant_id, key, request_hash, command_id, task_id,
        created_at)
      select c.tenant_id, c.key, c.request_hash, c.command_id, c.task_id, now_ms
      from placed c where c.accepted and c.key is not null
    ),
    new_stream_head as (
      insert into task_command.stream_head as s (partition, task_id, tenant_id, version, position,
        open)
      select p_partition, c.task_id, min(c.tenant_id), max(c.expected) + 1, max(c.place),
        bool_and(c.type <> 'TaskFinished')
      from placed c where c.accepted group by c.task_id
      on conflict (partition, task_id) do update
        set version = excluded.version, position = excluded.position, open = excluded.open
    ),
    new_head as (
      update task_command.partition_head h set position = a.last
      from (select max(c.place) as last from placed c where c.accepted) a
      where h.partition = p_partition and a.last is not null
    )
    select
      case
        when c.key_task_id is not null and not c.key_fits then 'key_reused'
        when c.key_task_id is not null and c.key_is_own then 'duplicate'
        when c.key_task_id is not null then 'replayed'
        when c.duplicate_of is not null then 'duplicate'
        when c.accepted then 'accepted'
        else 'conflict'
      end,
      case
        when c.key_task_id is not null then 1
        when c.duplicate_of is not null then c.duplicate_of
        when c.accepted then c.expected + 1
        else c.head_version
      end,
      case when c.accepted then c.place end,
      coalesce(c.key_task_id, c.task_id),
      case when c.accepted then now_ms end
    from placed c order by c.ord;
  end $$`;

export async function up(db: Kysely<never>): Promise<void> {
  await appendBatch.execute(db);
}
