import type { IssueTasksRequest, ReportTasksRequest } from '@greencloud/proto/task/v1/task_command';
import { type Append, appendBatch } from '../postgres/append-batch.ts';
import { appendStatement } from '../postgres/log-statements.ts';
import { withHandler } from './handlers.ts';
import type { Plant } from './plant.ts';

function appendAs(planted: () => Append): Plant['statement'] {
  return (statement) =>
    statement.name === 'append_batch' ? appendStatement(planted()) : statement;
}

export const logPlants: readonly Plant[] = [
  {
    name: 'the decider has no fence: whoever reports is taken for the present attempt',
    breaks: ['no fenced report', 'nothing unasked'],
    under: ['freeze'],
    service: (service, ledger) =>
      withHandler(service, 'reportTasks', (handler) => (request: ReportTasksRequest, call) => {
        const reports = request.reports.map((report) => {
          const task = ledger.log.tasks.get(report.taskId);
          if (task === undefined || task.nodeId === null) return report;
          return { ...report, attempt: task.attempt, nodeId: task.nodeId };
        });
        return handler({ ...request, reports } as never, call);
      }),
  },
  {
    name: 'the log does not check the expected version',
    breaks: [
      'events in turn',
      'one finish',
      'attempts rise',
      'no fenced report',
      'view is the fold',
      'no needless loss',
    ],
    statement: appendAs(() => (tables, commands, now) => {
      const seen = new Map<string, number>();
      const fitting = commands.map((command) => {
        const expected = seen.get(command.taskId) ?? tables.stream(command.taskId).length;
        seen.set(command.taskId, expected + 1);
        return { ...command, expected };
      });
      return appendBatch(tables, fitting, now);
    }),
  },
  {
    name: 'positions come from a sequence, which a refused command uses up too',
    breaks: ['positions dense', 'stream in order', 'view is the fold'],
    statement: appendAs(() => {
      const used = new Map<number, bigint>();
      return (tables, commands, now) => {
        tables.head = (of) => (tables.of(of).at(-1)?.position ?? 0n) + (used.get(of) ?? 0n);
        const answer = appendBatch(tables, commands, now);
        used.clear();
        for (const { ord } of answer) {
          const partition = ord === null ? undefined : commands[ord - 1]?.partition;
          if (partition !== undefined) used.set(partition, (used.get(partition) ?? 0n) + 1n);
        }
        return answer;
      };
    }),
  },
  {
    name: 'an idempotency key is not unique',
    breaks: ['one request, one task'],
    statement: appendAs(() => (tables, commands, now) => {
      const keyless = commands.map((command) => ({ ...command, key: null }));
      return appendBatch(tables, keyless, now);
    }),
  },
  {
    name: 'a task is acknowledged before it is committed',
    breaks: ['accepted is kept', 'no 404 after 201'],
    service: (service) =>
      withHandler(service, 'issueTasks', (handler) => async (request: IssueTasksRequest, call) => {
        const answer = handler(request as never, call);
        if (request.tasks.some(({ idempotencyKey }) => idempotencyKey !== '')) return await answer;
        answer.catch(() => undefined);
        const results = request.tasks.map(({ taskId }) => ({
          result: { $case: 'issued', value: { taskId, version: 1, replayed: false } },
        }));
        return { results };
      }),
  },
  {
    name: 'a client takes a time-out for a failure, and asks anew',
    breaks: ['one request, one task'],
    under: ['kill', 'hold', 'postgres crash'],
    client: 'asks anew after a time-out',
  },
];
