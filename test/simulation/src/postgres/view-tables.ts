import { LeaseRows } from './lease-rows.ts';

/** A row of `projection.task_view`, by column. */
export type ViewRow = Readonly<Record<string, unknown>> & {
  readonly task_id: string;
  readonly version: number;
};

/** What one partition's batch moves. */
export interface ViewWrite {
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
  readonly rows: readonly ViewRow[];
  readonly counts: readonly { key: string; pending: number; running: number; finished: number }[];
  readonly issued: readonly { key: string; issued: number }[];
  readonly parked: readonly { task_id: string; partition: number }[];
}

export interface CountRow {
  pending: number;
  running: number;
  finished: number;
}

/** What of the schema `projection` the stand-in keeps. */
export class ViewTables {
  readonly checkpoints = new Map<number, bigint>();
  readonly rows = new Map<string, ViewRow>();
  /** By tenant and partition. */
  readonly counts = new Map<string, CountRow>();
  /** By tenant, quarter and partition. */
  readonly issued = new Map<string, number>();
  readonly parked = new Map<string, { readonly task_id: string; readonly partition: number }>();
  readonly leases = new LeaseRows();
  onCommit: (write: ViewWrite) => void = () => undefined;

  write(writes: readonly ViewWrite[]): void {
    for (const write of writes) this.#apply(write);
    for (const write of writes) this.onCommit(write);
  }

  #apply({ partition, to, rows, counts, issued, parked }: ViewWrite): void {
    this.checkpoints.set(partition, to);
    for (const row of rows) this.rows.set(row.task_id, row);
    for (const delta of counts) this.counts.set(delta.key, sum(this.counts.get(delta.key), delta));
    for (const { key, issued: more } of issued) {
      this.issued.set(key, (this.issued.get(key) ?? 0) + more);
    }
    for (const task of parked) this.parked.set(task.task_id, task);
  }
}

function sum(before: CountRow | undefined, delta: CountRow): CountRow {
  return {
    pending: (before?.pending ?? 0) + delta.pending,
    running: (before?.running ?? 0) + delta.running,
    finished: (before?.finished ?? 0) + delta.finished,
  };
}
