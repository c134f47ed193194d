/** A row of `projection.task_view`, by column. */
export type ViewRow = Readonly<Record<string, unknown>> & {
  readonly task_id: string;
  readonly version: number;
};

export interface ProjectionLeaseRow {
  readonly partition: number;
  instance: string;
  epoch: bigint;
  expiresAt: number;
}

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

// The WAL writer flushes each 200 ms, and promises no more than three times that.
const walDelayMs = 600;

/** What of the schema `projection` the stand-in keeps. */
export class ViewTables {
  readonly checkpoints = new Map<number, bigint>();
  readonly rows = new Map<string, ViewRow>();
  /** By tenant and partition. */
  readonly counts = new Map<string, CountRow>();
  /** By tenant, quarter and partition. */
  readonly issued = new Map<string, number>();
  readonly parked = new Map<string, { readonly task_id: string; readonly partition: number }>();
  readonly leases: ProjectionLeaseRow[] = [];
  readonly replicas = new Map<string, { readonly name: string; seenAt: number }>();
  /** How to take back what was committed without an fsync, the newest last. */
  #unflushed: { readonly at: number; readonly undo: () => void }[] = [];
  readonly #now: () => number;
  onCommit: (write: ViewWrite) => void = () => undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The views ask for no fsync: a crash of Postgres may take the newest of these back. */
  write(writes: readonly ViewWrite[]): void {
    const undo = writes.map((write) => this.#apply(write));
    const undoAll = () => {
      for (const act of undo.toReversed()) act();
    };
    this.#unflushed.push({ at: this.#now(), undo: undoAll });
    for (const write of writes) this.onCommit(write);
  }

  /** A durable commit of anybody flushes all that came before it. */
  flush(): void {
    this.#unflushed = [];
  }

  /** How many commits a crash may take back now. */
  get atRisk(): number {
    const since = this.#now() - walDelayMs;
    return this.#unflushed.filter(({ at }) => at > since).length;
  }

  lose(commits: number): void {
    for (let left = commits; left > 0; left--) this.#unflushed.pop()?.undo();
    this.flush();
  }

  #apply({ partition, to, rows, counts, issued, parked }: ViewWrite): () => void {
    const undo = [
      put(this.checkpoints, partition, to),
      ...rows.map((row) => put(this.rows, row.task_id, row)),
      ...counts.map((delta) => put(this.counts, delta.key, sum(this.counts.get(delta.key), delta))),
      ...issued.map(({ key, issued }) =>
        put(this.issued, key, (this.issued.get(key) ?? 0) + issued),
      ),
      ...parked.map((task) => put(this.parked, task.task_id, task)),
    ];
    return () => {
      for (const act of undo.toReversed()) act();
    };
  }
}

function sum(before: CountRow | undefined, delta: CountRow): CountRow {
  return {
    pending: (before?.pending ?? 0) + delta.pending,
    running: (before?.running ?? 0) + delta.running,
    finished: (before?.finished ?? 0) + delta.finished,
  };
}

/** Answers how to take it back. */
function put<K, V>(map: Map<K, V>, key: K, value: V): () => void {
  const before = map.get(key);
  map.set(key, value);
  return () => {
    if (before === undefined) map.delete(key);
    else map.set(key, before);
  };
}
