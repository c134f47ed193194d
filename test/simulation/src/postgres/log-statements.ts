import { type Append, appendBatch, type Command } from './append-batch.ts';
import { relayLeases } from '../product/task-command.ts';
import { unnest } from './binary-array.ts';
import { leaseStatements } from './lease-statements.ts';
import type { EventRow, LogTables } from './log-tables.ts';
import type { Statement } from './statement.ts';

type Parameters = readonly unknown[];

function commandsOf(parameters: Parameters): Command[] {
  return unnest(parameters).map((row) => {
    const [partition, taskId, commandId, eventId, expected, type, schemaVersion, ...rest] = row;
    const [tenantId, data, key, requestHash, contentType, body] = rest;
    const ids = { partition, taskId, commandId, eventId, tenantId };
    const event = { expected, type, schemaVersion, data };
    return { ...ids, ...event, key, requestHash, contentType, body } as Command;
  });
}

/** The one statement that writes to the log. */
export function appendStatement(append: Append): Statement {
  return {
    name: 'append_batch',
    fragment: 'from task_command.append_batch(',
    run: ({ log, now }, parameters) => append(log, commandsOf(parameters), now()),
  };
}

function byTask(a: EventRow, b: EventRow): number {
  if (a.task_id !== b.task_id) return a.task_id < b.task_id ? -1 : 1;
  return a.version - b.version;
}

function openTasks(log: LogTables, heads: readonly bigint[], parameters: Parameters): EventRow[] {
  const [partition, after, limit] = parameters as [number, string, number];
  const head = heads[partition] ?? 0n;
  const open = [...log.streams]
    .filter(([taskId, stream]) => stream[0]?.partition === partition && taskId > after)
    .map(([, stream]) => stream.filter(({ position }) => position <= head))
    .filter((stream) => stream.length > 0 && stream.at(-1)?.type !== 'TaskFinished')
    .toSorted(([a], [b]) => (a === undefined || b === undefined ? 0 : byTask(a, b)));
  return open.slice(0, limit).flat();
}

/** The statements of task-command on its log. */
export const logStatements: readonly Statement[] = [
  appendStatement(appendBatch),
  {
    name: 'read streams',
    fragment: 'as wanted(partition, task_id)\n    join task_command.event e',
    run: ({ log }, parameters) =>
      (parameters[1] as string[]).flatMap((taskId) => log.stream(taskId)).toSorted(byTask),
  },
  {
    name: 'read payloads',
    fragment: 'join task_command.payload p',
    run: ({ log }, parameters) =>
      (parameters[1] as string[]).flatMap((taskId) => log.payloads.get(taskId) ?? []),
  },
  {
    name: 'read results',
    fragment: 'join task_command.result r',
    run: ({ log }, parameters) => {
      const [, , taskIds, tenantIds] = parameters as [number, number[], string[], string[]];
      return taskIds.flatMap((taskId, index) => {
        const result = log.results.get(taskId);
        const isOwn = log.stream(taskId)[0]?.tenant_id === tenantIds[index];
        return result === undefined || !isOwn ? [] : [{ ord: BigInt(index + 1), ...result }];
      });
    },
  },
  {
    name: 'read open tasks',
    fragment: 'where h.partition = $1 and h.open',
    run: ({ log }, parameters, { snapshot }) => openTasks(log, snapshot ?? log.heads(), parameters),
  },
  {
    name: 'read partition',
    fragment: 'from "task_command"."event" where "partition" = $1 and "position" > $2',
    run({ log }, parameters) {
      const [partition, after, upTo, limit] = parameters as [number, bigint, bigint, number];
      const events = log.of(partition);
      const first = Number(after);
      return events.slice(first, first + limit).filter(({ position }) => position <= upTo);
    },
  },
  {
    name: 'read head',
    fragment: 'select "position" from "task_command"."partition_head" where',
    run: ({ log }, [partition], { snapshot }) => [
      { position: (snapshot ?? log.heads())[partition as number] ?? 0n },
    ],
  },
  {
    name: 'read heads',
    fragment: 'select "position" from "task_command"."partition_head" order by',
    run: ({ log }) => log.heads().map((position) => ({ position })),
  },
  {
    name: 'read log',
    fragment: 'select "partitions" from "task_command"."log"',
    run: ({ log }) => [{ partitions: log.partitions }],
  },
  ...leaseStatements('task-command', relayLeases, ({ log }) => log.leases),
];
