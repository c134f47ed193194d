import { randomUUID } from 'node:crypto';
import {
  parseCodeVersion,
  parseLambdaId,
  partitionOf,
  type TaskEvent,
  type TaskId,
  type TenantId,
} from '@greencloud/domain';
import type { RecordedEvent } from '@greencloud/event-log';
import { noDemand } from '../../placement/placement-fixtures.ts';
import type {
  AssignAnswer,
  AssignCommand,
  Entry,
  ReportAnswer,
  ReportCommand,
} from '../../record/task-commands.ts';

const partitions = 4;
const lambdaId = parseLambdaId('64058fee9956fae80d7e0e8e');
const codeVersion = parseCodeVersion('64058fee9956fae80d7e0e8f');

interface Stream {
  readonly tenantId: TenantId;
  version: number;
  attempt: number;
}

interface Written<A> {
  readonly answers: readonly A[];
  readonly events: readonly RecordedEvent[];
}

/** task-command and the log in memory: every command is accepted. */
export class WrittenLog {
  readonly #streams = new Map<TaskId, Stream>();
  readonly #positions = Array.from({ length: partitions }, () => 0n);

  issue(taskId: TaskId, tenantId: TenantId): RecordedEvent {
    const stream = { tenantId, version: 0, attempt: 0 };
    this.#streams.set(taskId, stream);
    return this.#record(taskId, stream, {
      type: 'TaskIssued',
      tenantId,
      lambdaId,
      codeVersion,
      timeoutSeconds: 10,
      capabilities: noDemand,
      payload: null,
    });
  }

  assign(commands: readonly AssignCommand[]): Written<AssignAnswer> {
    return this.#write(commands, (stream, { nodeId, sessionEpoch }) => {
      stream.attempt += 1;
      const { attempt } = stream;
      const event = { type: 'TaskAssigned', attempt, nodeId, sessionEpoch } as const;
      return { event, answer: { kind: 'assigned', attempt, payload: undefined } };
    });
  }

  report(commands: readonly ReportCommand[]): Written<ReportAnswer> {
    return this.#write(commands, ({ attempt }, { entry }) => {
      return { event: reported(attempt, entry), answer: { kind: 'recorded' } };
    });
  }

  #write<C extends AssignCommand | ReportCommand, A>(
    commands: readonly C[],
    write: (stream: Stream, command: C) => { event: TaskEvent; answer: A },
  ): Written<A> {
    const events: RecordedEvent[] = [];
    const answers = commands.map((command) => {
      const stream = this.#streams.get(command.taskId);
      if (stream === undefined) throw new Error(`nobody issued ${command.taskId}`);
      const { event, answer } = write(stream, command);
      events.push(this.#record(command.taskId, stream, event));
      return answer;
    });
    return { answers, events };
  }

  #record(taskId: TaskId, stream: Stream, event: TaskEvent): RecordedEvent {
    const partition = partitionOf(taskId, partitions);
    const position = (this.#positions[partition] ?? 0n) + 1n;
    this.#positions[partition] = position;
    stream.version += 1;
    const { tenantId, version } = stream;
    if (event.type === 'TaskFinished') this.#streams.delete(taskId);
    const id = randomUUID();
    const at = { partition, position, taskId, version, tenantId, recordedAt: Date.now() };
    return { ...at, eventId: id, commandId: id, event };
  }
}

function reported(attempt: number, entry: Entry): TaskEvent {
  if (entry.kind === 'progress') return { type: 'TaskProgressed', attempt, percent: entry.percent };
  if (entry.kind === 'release') return { type: 'TaskReleased', attempt, reason: entry.reason };
  if (entry.kind === 'expiry') throw new Error('a task expired');
  const { outcome, status, detail } = entry;
  return { type: 'TaskFinished', attempt, outcome, status, detail, result: null };
}
