import { DomainError, type ErrorCode, isErrorCode } from '@greencloud/domain';
import { outcomeToProto, releaseReasonToProto } from '@greencloud/event-log';
import { type ClientTls, createGrpcClient, type GrpcClient } from '@greencloud/grpc';
import {
  type AppendResult,
  type AssignTaskResult,
  TaskCommandServiceClient,
  type TaskCommandServiceService,
  type TaskReport,
} from '@greencloud/proto/task/v1/task_command';
import type { ItemError } from '@greencloud/proto/task/v1/task';
import type {
  AssignAnswer,
  Entry,
  Refused,
  ReportAnswer,
  ReportCommand,
  TaskCommands,
  Unknown,
} from '../record/task-commands.ts';
import { bufferOf } from './buffer-of.ts';

type Client = GrpcClient<TaskCommandServiceService>;

/** Answers after which the same command may still be recorded, or was. */
const passing: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'OVERLOADED',
  'UNAVAILABLE',
  'DEADLINE_EXCEEDED',
  'CANCELLED',
  'INTERNAL',
]);

export function connectTaskCommand(address: string, tls: ClientTls | undefined) {
  const client = createGrpcClient(TaskCommandServiceClient, address, {
    tls,
    // Short, because the same command is sent again after it.
    deadlineMs: 5_000,
    maxMessageBytes: 64 * 1024 * 1024,
    idempotent: ['assignTasks', 'reportTasks'],
    calls: 'over streams',
  });
  return { commands: createTaskCommands(client), close: () => client.close() };
}

/** task-command by gRPC: answers item by item, and never rejects. */
export function createTaskCommands(client: Client): TaskCommands {
  return {
    assign: (commands) =>
      answerAll(commands, async (tasks) => {
        const { results } = await client.unary('assignTasks', { tasks: [...tasks] });
        return results.map(assignAnswer);
      }),
    report: (commands) =>
      answerAll(commands, async (part) => {
        const { results } = await client.unary('reportTasks', { reports: part.map(reportOf) });
        return results.map(reportAnswer);
      }),
  };
}

type Call<Command, Answer> = (commands: readonly Command[]) => Promise<readonly Answer[]>;

async function answerAll<Command, Answer>(
  commands: readonly Command[],
  call: Call<Command, Answer>,
): Promise<readonly (Answer | Refused | Unknown)[]> {
  try {
    return await call(commands);
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined) return commands.map(() => ({ kind: 'unknown', error }));
    if (commands.length === 1) return [refusal];
    // One item that no server takes must not stop the others, which are then sent by themselves.
    const answers: (Answer | Refused | Unknown)[] = [];
    for (const command of commands) answers.push(...(await answerAll([command], call)));
    return answers;
  }
}

/** Of a whole call. */
function refusalOf(error: unknown): Refused | undefined {
  if (!(error instanceof DomainError) || passing.has(error.code)) return undefined;
  return { kind: 'refused', code: error.code, message: error.message };
}

function errorAnswer({ code, message }: ItemError): Refused | Unknown {
  const known: ErrorCode = isErrorCode(code) ? code : 'INTERNAL';
  if (passing.has(known)) return { kind: 'unknown', error: new DomainError(known, message) };
  return { kind: 'refused', code: known, message };
}

function assignAnswer({ result }: AssignTaskResult): AssignAnswer {
  if (result === undefined) return { kind: 'unknown', error: new Error('an empty result') };
  if (result.$case === 'error') return errorAnswer(result.value);
  const { attempt, payload } = result.value;
  return { kind: 'assigned', attempt, payload };
}

function reportAnswer({ result }: AppendResult): ReportAnswer {
  if (result === undefined) return { kind: 'unknown', error: new Error('an empty result') };
  return result.$case === 'error' ? errorAnswer(result.value) : { kind: 'recorded' };
}

function reportOf(command: ReportCommand): TaskReport {
  const { taskId, commandId, attempt, nodeId, sessionEpoch, entry } = command;
  const report = entryToProto(entry);
  return {
    taskId,
    commandId,
    attempt,
    nodeId: nodeId === 'none' ? '' : nodeId,
    sessionEpoch,
    report,
  };
}

function entryToProto(entry: Entry): TaskReport['report'] {
  switch (entry.kind) {
    case 'progress':
      return { $case: 'progress', value: { percent: entry.percent } };
    case 'release':
      return { $case: 'release', value: { reason: releaseReasonToProto(entry.reason) } };
    case 'expiry':
      return { $case: 'expiry', value: {} };
    case 'finish':
      return { $case: 'finish', value: finishToProto(entry) };
    default:
      return entry satisfies never;
  }
}

function finishToProto({ outcome, status, detail, result }: Extract<Entry, { kind: 'finish' }>) {
  const content = result && { contentType: result.contentType, body: bufferOf(result.body) };
  return { outcome: outcomeToProto(outcome), status, detail, ...(content && { result: content }) };
}
