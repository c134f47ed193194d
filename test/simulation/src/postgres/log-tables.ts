import { LeaseRows } from './lease-rows.ts';

/** What of the schema `task_command` the stand-in keeps, as rows of the real tables. */
export interface EventRow {
  readonly partition: number;
  readonly position: bigint;
  readonly task_id: string;
  readonly version: number;
  readonly type: string;
  readonly schema_version: number;
  readonly event_id: string;
  readonly command_id: string;
  readonly tenant_id: string;
  readonly recorded_at: Date;
  readonly data: Buffer;
}

export interface ContentRow {
  readonly task_id: string;
  readonly content_type: string;
  readonly body: Buffer;
}

interface KeyRow {
  readonly task_id: string;
  readonly command_id: string;
  readonly request_hash: Buffer;
}

export class LogTables {
  readonly partitions: number;
  readonly events: EventRow[][];
  readonly streams = new Map<string, EventRow[]>();
  readonly payloads = new Map<string, ContentRow>();
  readonly results = new Map<string, ContentRow>();
  /** By tenant and key. */
  readonly keys = new Map<string, KeyRow>();
  readonly leases = new LeaseRows();
  /** After the commit of rows, in their order. */
  onCommit: (rows: readonly EventRow[]) => void = () => undefined;

  constructor(partitions: number) {
    this.partitions = partitions;
    this.events = Array.from({ length: partitions }, () => []);
    this.leases.ensure(partitions);
  }

  of(partition: number): EventRow[] {
    const events = this.events[partition];
    if (events === undefined) throw new RangeError(`no partition ${partition}`);
    return events;
  }

  head(partition: number): bigint {
    return this.of(partition).at(-1)?.position ?? 0n;
  }

  heads(): bigint[] {
    return this.events.map((_, partition) => this.head(partition));
  }

  stream(taskId: string): EventRow[] {
    return this.streams.get(taskId) ?? [];
  }

  insert(row: EventRow): void {
    this.of(row.partition).push(row);
    const stream = this.streams.get(row.task_id);
    if (stream === undefined) this.streams.set(row.task_id, [row]);
    else stream.push(row);
  }
}
