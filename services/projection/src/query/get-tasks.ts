import { DomainError, type TaskId } from '@greencloud/domain';
import type { LogReader, RecordedEvent } from '@greencloud/event-log';
import type { CallOptions } from '@greencloud/grpc';
import type { Logger } from '@greencloud/runtime';
import { readRows } from '../apply/read-rows.ts';
import type { ProjectionMetrics } from '../follow/projection-metrics.ts';
import { type Db, liveSchema } from '../postgres/database.ts';
import { foldEvent, UnappliableEventError } from '../view/fold-task.ts';
import type { TaskRow } from '../view/task-row.ts';
import type { TaskKey } from './task-key.ts';

export interface ReadPorts {
  readonly byId: Db;
  /** Rows in memory that are as new as the views, or newer. */
  readonly held: { newest(taskId: TaskId): TaskRow | undefined };
  readonly reader: Pick<LogReader, 'readTasks'>;
  readonly metrics: Pick<ProjectionMetrics, 'missed'>;
  readonly logger: Logger;
}

/**
 * Tasks in the order of their keys: from memory what this replica's workers know, one statement
 * over the views for the others, and one call to the log for all that the views do not have yet.
 * An Error stands for TASK_NOT_FOUND or UNAVAILABLE.
 */
export async function getTasks(
  ports: ReadPorts,
  keys: readonly TaskKey[],
  call: CallOptions = {},
): Promise<(TaskRow | DomainError)[]> {
  const rows = heldRows(ports, keys);
  const unknown = keys.filter((key) => lacks(rows.get(key.taskId), key));
  for (const [taskId, row] of await viewedRows(ports, unknown)) {
    // The batch may ask for a task twice, and only one of the keys for more than memory has.
    if (row.version > (rows.get(taskId)?.version ?? 0)) rows.set(taskId, row);
  }
  const lacking = keys.filter((key) => lacks(rows.get(key.taskId), key));
  const unseen = lacking.filter(({ taskId }) => !rows.has(taskId)).length;
  if (unseen > 0) ports.metrics.missed('no_row', unseen);
  if (lacking.length > unseen) ports.metrics.missed('too_old', lacking.length - unseen);
  const logged = await loggedRows(ports.reader, lacking, call);
  return keys.map((key) => answer(key, rows.get(key.taskId), logged));
}

function heldRows({ held }: ReadPorts, keys: readonly TaskKey[]): Map<TaskId, TaskRow> {
  const rows = new Map<TaskId, TaskRow>();
  for (const { taskId } of keys) {
    const row = held.newest(taskId);
    if (row !== undefined) rows.set(taskId, row);
  }
  return rows;
}

/** Views that cannot be read are views without rows: the log answers for them. */
async function viewedRows(
  { byId, metrics, logger }: ReadPorts,
  keys: readonly TaskKey[],
): Promise<ReadonlyMap<TaskId, TaskRow>> {
  if (keys.length === 0) return new Map();
  try {
    return await readRows(
      byId,
      liveSchema,
      keys.map(({ taskId }) => taskId),
    );
  } catch (error) {
    logger.warn({ err: error }, 'the views cannot be read, the log answers');
    metrics.missed('views_unavailable', keys.length);
    return new Map();
  }
}

/** A foreign row needs no second look: it will be refused whatever its version is. */
function lacks(row: TaskRow | undefined, key: TaskKey): boolean {
  if (row === undefined) return true;
  return row.tenantId === key.tenantId && row.version < key.minVersion;
}

type LogAnswer = ReadonlyMap<TaskId, TaskRow> | DomainError;

async function loggedRows(
  reader: ReadPorts['reader'],
  keys: readonly TaskKey[],
  call: CallOptions,
): Promise<LogAnswer> {
  if (keys.length === 0) return new Map();
  try {
    const streams = await reader.readTasks([...new Set(keys.map(({ taskId }) => taskId))], call);
    return new Map([...streams].flatMap(([taskId, events]) => foldedEntry(taskId, events)));
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
}

function foldedEntry(taskId: TaskId, events: readonly RecordedEvent[]): [TaskId, TaskRow][] {
  const row = foldReadable(events);
  return row === undefined ? [] : [[taskId, row]];
}

/** Up to the first event that cannot be applied: an old answer is better than none. */
function foldReadable(events: readonly RecordedEvent[]): TaskRow | undefined {
  let row: TaskRow | undefined;
  try {
    for (const recorded of events) row = foldEvent(row, recorded);
  } catch (error) {
    if (!(error instanceof UnappliableEventError)) throw error;
  }
  return row;
}

function answer(
  key: TaskKey,
  viewed: TaskRow | undefined,
  logged: LogAnswer,
): TaskRow | DomainError {
  if (viewed !== undefined && !lacks(viewed, key)) return ofTenant(key, viewed);
  // A log that does not answer knows more than we do: not "not found".
  if (logged instanceof DomainError) return logged;
  return ofTenant(key, logged.get(key.taskId) ?? viewed);
}

function ofTenant(key: TaskKey, row: TaskRow | undefined): TaskRow | DomainError {
  if (row !== undefined && row.tenantId === key.tenantId) return row;
  return new DomainError('TASK_NOT_FOUND', 'No such task');
}
