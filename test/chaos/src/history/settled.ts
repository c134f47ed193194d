import type { Pool } from 'pg';

export type Settling = {
  readonly openTasks: number;
  /** Events that the views have not seen. */
  readonly lag: number;
};

/** How far the system is from having done all that it accepted. */
export async function settling(pool: Pool): Promise<Settling> {
  const { rows } = await pool.query<{ open: string; lag: string }>(
    `select
       (select count(*) from task_command.stream_head where open) as open,
       (select coalesce(sum(h.position - coalesce(c.position, 0)), 0)
        from task_command.partition_head h
        left join projection.checkpoint c using (partition)) as lag`,
  );
  return { openTasks: Number(rows[0]?.open ?? 0), lag: Number(rows[0]?.lag ?? 0) };
}
