import { DatabaseError } from 'pg';
import type { EventRow, LogTables } from './log-tables.ts';

/** One command as `append_batch` gets it. */
export interface Command {
  readonly partition: number;
  readonly taskId: string;
  readonly commandId: string;
  readonly eventId: string;
  readonly expected: number;
  readonly type: string;
  readonly schemaVersion: number;
  readonly tenantId: string;
  readonly data: Buffer;
  readonly key: string | null;
  readonly requestHash: Buffer | null;
  readonly contentType: string | null;
  readonly body: Buffer | null;
}

interface HeadRow {
  readonly ord: null;
  readonly partition: number;
  readonly head: bigint;
  readonly recorded_at: Date;
}

interface RefusedRow {
  readonly ord: number;
  readonly outcome: 'duplicate' | 'replayed' | 'key_reused' | 'conflict';
  readonly version: number;
  readonly task_id: string;
}

export type Append = (
  tables: LogTables,
  commands: readonly Command[],
  now: Date,
) => (HeadRow | RefusedRow)[];

/** A command, and what the log has of its stream, of it and of its key. */
interface Looked {
  readonly command: Command;
  readonly ord: number;
  readonly headVersion: number;
  readonly duplicateOf: number | undefined;
  readonly known: ReturnType<LogTables['keys']['get']>;
}

/**
 * `task_command.append_batch` in memory, in one moment, as its locks have it: the same judgement in
 * the same order. A test compares it with the real function.
 */
export const appendBatch: Append = (tables, commands, now) => {
  const looked = commands.map((command, index) => look(tables, command, index + 1));
  const refused = new Set([...refusedStreams(looked), ...keysAgain(looked)]);
  const heads = new Map(
    commands.map(({ partition }) => [partition, tables.head(partition)] as const),
  );
  const answer: (HeadRow | RefusedRow)[] = [...heads].map(([partition, head]) => {
    return { ord: null, partition, head, recorded_at: now };
  });
  const accepted = looked.filter(({ command }) => !refused.has(command.taskId));
  refuseTwins(tables, accepted);
  const rows = accepted.map(({ command }) => {
    const position = (heads.get(command.partition) ?? 0n) + 1n;
    heads.set(command.partition, position);
    return insert(tables, command, position, now);
  });
  if (rows.length > 0) tables.onCommit(rows);
  const rest = looked.filter(({ command }) => refused.has(command.taskId));
  return [...answer, ...rest.map(refusalOf)];
};

function look(tables: LogTables, command: Command, ord: number): Looked {
  const { taskId, commandId, tenantId, key } = command;
  const stream = tables.stream(taskId);
  const headVersion = stream.at(-1)?.version ?? 0;
  const duplicateOf = stream.find(({ command_id }) => command_id === commandId)?.version;
  const known = key === null ? undefined : tables.keys.get(`${tenantId} ${key}`);
  return { command, ord, headVersion, duplicateOf, known };
}

/** A stream is accepted as a whole or not at all. */
function refusedStreams(looked: readonly Looked[]): string[] {
  const streams = Map.groupBy(looked, ({ command }) => command.taskId);
  return [...streams].flatMap(([taskId, commands]) => {
    const expected = commands.map(({ command }) => command.expected);
    const [first, last] = [Math.min(...expected), Math.max(...expected)];
    const isWhole = first === commands[0]?.headVersion && commands.length === last - first + 1;
    const isNew = commands.every(({ duplicateOf, known }) => !(duplicateOf ?? known));
    return isWhole && isNew ? [] : [taskId];
  });
}

/** A key that comes twice in a batch is a conflict the second time. */
function keysAgain(looked: readonly Looked[]): string[] {
  const used = new Set<string>();
  return looked.flatMap(({ command: { tenantId, key, taskId } }) => {
    if (key === null) return [];
    const name = `${tenantId} ${key}`;
    if (used.has(name)) return [taskId];
    used.add(name);
    return [];
  });
}

/** Unique constraints: the caller has held such commands back. */
function refuseTwins(tables: LogTables, accepted: readonly Looked[]): void {
  const once = new Set<string>();
  for (const { command } of accepted) {
    const { taskId, commandId, expected, type } = command;
    const names = [`${taskId} ${commandId}`, `${taskId} ${expected}`];
    if (type === 'TaskFinished') names.push(`${taskId} ends`);
    const isAgain = type === 'TaskFinished' && hasFinish(tables, taskId);
    if (isAgain || names.some((name) => once.has(name))) throw uniqueViolation(taskId);
    for (const name of names) once.add(name);
  }
}

function hasFinish(tables: LogTables, taskId: string): boolean {
  return tables.stream(taskId).some(({ type }) => type === 'TaskFinished');
}

function uniqueViolation(taskId: string): DatabaseError {
  const error = new DatabaseError(`duplicate key value: ${taskId}`, 0, 'error');
  return Object.assign(error, { code: '23505', severity: 'ERROR' });
}

function refusalOf({ command, ord, headVersion, duplicateOf, known }: Looked): RefusedRow {
  const { taskId, commandId, requestHash } = command;
  if (known !== undefined) {
    const fits = requestHash !== null && known.request_hash.equals(requestHash);
    const again = known.command_id === commandId ? 'duplicate' : 'replayed';
    return { ord, outcome: fits ? again : 'key_reused', version: 1, task_id: known.task_id };
  }
  const isDuplicate = duplicateOf !== undefined;
  const version = duplicateOf ?? headVersion;
  return { ord, outcome: isDuplicate ? 'duplicate' : 'conflict', version, task_id: taskId };
}

function insert(tables: LogTables, command: Command, position: bigint, now: Date): EventRow {
  const { partition, taskId, commandId, tenantId, key, requestHash, contentType, body } = command;
  const row: EventRow = {
    partition,
    position,
    task_id: taskId,
    version: command.expected + 1,
    type: command.type,
    schema_version: command.schemaVersion,
    event_id: command.eventId,
    command_id: commandId,
    tenant_id: tenantId,
    recorded_at: now,
    data: command.data,
  };
  tables.insert(row);
  if (key !== null && requestHash !== null) {
    const own = { task_id: taskId, command_id: commandId, request_hash: requestHash };
    tables.keys.set(`${tenantId} ${key}`, own);
  }
  if (body === null || contentType === null) return row;
  const content = { task_id: taskId, content_type: contentType, body };
  if (command.type === 'TaskIssued') tables.payloads.set(taskId, content);
  if (command.type === 'TaskFinished') tables.results.set(taskId, content);
  return row;
}
