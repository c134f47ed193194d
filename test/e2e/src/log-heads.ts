import pg from 'pg';

/** What has been written to the event log since a moment. */
export interface LogHeads extends AsyncDisposable {
  mark(): Promise<void>;
  /**
   * Tenants of the events since the last mark, one each. Without those that had tasks before this
   * was opened: what an earlier file left in the shared stack may still end in its own time.
   */
  writers(): Promise<string[]>;
  /** Ids of all tasks that a tenant ever issued. */
  tasksOf(tenantId: string): Promise<string[]>;
}

/** Reads the log's tables: no API tells of other tenants' events. */
export async function openLogHeads(databaseUrl: string): Promise<LogHeads> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows: earlier } = await client.query<{ tenant: string }>(
    'select distinct tenant_id as tenant from task_command.stream_head',
  );
  const bystanders = new Set(earlier.map(({ tenant }) => tenant));
  let heads: readonly Head[] = [];
  return {
    async mark() {
      heads = (await client.query<Head>(headsSql)).rows;
    },
    async writers() {
      const values = heads.map(({ partition, position }) => `(${partition}, ${position}::bigint)`);
      const { rows } = await client.query<{ tenant: string }>(sinceSql(values.join(', ')));
      return rows.map(({ tenant }) => tenant).filter((tenant) => !bystanders.has(tenant));
    },
    async tasksOf(tenantId) {
      const { rows } = await client.query<{ id: string }>(tasksSql, [tenantId]);
      return rows.map(({ id }) => id);
    },
    [Symbol.asyncDispose]: () => client.end(),
  };
}

interface Head {
  readonly partition: number;
  readonly position: string;
}

const headsSql = 'select partition, position from task_command.partition_head';

const tasksSql =
  'select task_id as id from task_command.stream_head where tenant_id = $1 order by 1';

function sinceSql(heads: string): string {
  return `select distinct e.tenant_id as tenant
    from task_command.event e
    join (values ${heads}) as head(partition, position) on e.partition = head.partition
    where e.position > head.position`;
}
