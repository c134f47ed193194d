import type { Tables } from '../postgres/statement.ts';
import type { ViewRow, ViewWrite } from '../postgres/view-tables.ts';
import { decodeTaskEvent } from '@greencloud/event-log';
import type { LogTables } from '../postgres/log-tables.ts';
import { advance, newRecord, type TaskRecord } from './task-record.ts';
import type { Violations } from './violations.ts';

/** Compares what the projection writes with a fold of the log by the checks' own rules. */
export class ViewChecks {
  readonly #violations: Violations;

  constructor(violations: Violations) {
    this.#violations = violations;
  }

  /** The rows of a batch are their tasks exactly up to the new checkpoint. */
  written({ rows, to, partition }: ViewWrite, log: LogTables): void {
    this.#violations.check('view is the fold', to <= log.head(partition), () => {
      return `checkpoint ${to} of partition ${partition}, whose head is ${log.head(partition)}`;
    });
    for (const row of rows) this.#compare(row, foldUpTo(log, row.task_id, to));
  }

  /** At the end: every task has its row, and the counters are the sums. */
  whole({ log, views }: Tables): void {
    for (const taskId of log.streams.keys()) {
      const row = views.rows.get(taskId);
      this.#violations.check('view is the fold', row !== undefined, () => `${taskId} has no row`);
      if (row !== undefined) this.#compare(row, foldUpTo(log, taskId, undefined));
    }
    this.#violations.check('view is the fold', views.rows.size === log.streams.size, () => {
      return `${views.rows.size} rows for ${log.streams.size} tasks`;
    });
    this.#violations.check('view is the fold', views.parked.size === 0, () => {
      return `parked: ${[...views.parked.keys()].join(', ')}`;
    });
    this.#counts({ log, views });
  }

  #counts({ log, views }: Pick<Tables, 'log' | 'views'>): void {
    const sums = { pending: 0, running: 0, finished: 0, issued: 0 };
    for (const row of views.counts.values()) {
      sums.pending += row.pending;
      sums.running += row.running;
      sums.finished += row.finished;
    }
    for (const issued of views.issued.values()) sums.issued += issued;
    const states = [...views.rows.values()].map(({ state }) => state);
    const wanted = {
      pending: states.filter((state) => state === 'issued' || state === 'assigned').length,
      running: states.filter((state) => state === 'running').length,
      finished: states.filter((state) => state === 'finished').length,
      issued: log.streams.size,
    };
    const [given, expected] = [JSON.stringify(sums), JSON.stringify(wanted)];
    this.#violations.check('counts are sums', given === expected, () => {
      return `the counters say ${given}, the rows ${expected}`;
    });
  }

  #compare(row: ViewRow, task: TaskRecord | undefined): void {
    const [given, expected] = [shownIn(row), task && shownOf(task)];
    this.#violations.check('view is the fold', given === expected, () => {
      return `the row of ${row.task_id} is ${given}, the fold ${expected}`;
    });
  }
}

function foldUpTo(log: LogTables, taskId: string, to: bigint | undefined): TaskRecord | undefined {
  let task: TaskRecord | undefined;
  for (const row of log.stream(taskId)) {
    if (to !== undefined && row.position > to) break;
    const event = decodeTaskEvent(row.data);
    const recordedAt = row.recorded_at.getTime();
    if (task !== undefined) advance(task, event, recordedAt);
    else if (event.type === 'TaskIssued') {
      task = newRecord(event, { taskId, partition: row.partition, recordedAt });
    }
  }
  return task;
}

function shownOf(task: TaskRecord): string {
  const { version, state, attempt, nodeId, percent, outcome, status } = task;
  const { issuedAt, assignedAt, finishedAt, issued } = task;
  const times = [issuedAt, assignedAt, finishedAt];
  return [version, state, attempt, nodeId, percent, outcome, status, ...times, issued.tenantId]
    .map(String)
    .join(' ');
}

function shownIn(row: ViewRow): string {
  return [
    row.version,
    row['state'],
    row['attempt'],
    row['node_id'],
    row['progress'],
    row['outcome'],
    row['status'],
    row['issued_at'],
    row['assigned_at'],
    row['finished_at'],
    row['tenant_id'],
  ]
    .map(String)
    .join(' ');
}
