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
  TaskCommands,
} from '../../record/task-commands.ts';

const partitions = 4;
const lambdaId = parseLambdaId('64058fee9956fae80d7e0e8e');
const codeVersion = parseCodeVersion('64058fee9956fae80d7e0e8f');

interface Stream {
  readonly tenantId: TenantId;
  version: number;
  attempt: number;
}

/**
 * task-command and the log, answered in memory at the next turn: every command is accepted, and its
 * event comes to the board a turn after the answer. What is measured is the scheduler alone.
 */
export class WrittenLog implements TaskCommands {
  readonly #streams = new Map<TaskId, Stream>();
  readonly #positions = Array.from({ length: partitions }, () => 0n);
  readonly #onEvents: (events: RecordedEvent[]) => void;
  #gate: Promise<void> = Promise.resolve();
  #last: Promise<void> = Promise.resolve();
  placed = 0;
  finished = 0;

  constructor(onEvents: (events: RecordedEvent[]) => void) {
    this.#onEvents = onEvents;
  }

  /** Until the gate opens no binding is answered, so that tasks wait. Answers how to open it. */
  close(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gate = promise;
    return resolve;
  }

  issue(taskId: TaskId, tenantId: TenantId): RecordedEvent {
    const stream = { tenantId, version: 0, attempt: 0 };
    this.#streams.set(taskId, stream);
    const issued = { type: 'TaskIssued', tenantId, lambdaId, codeVersion } as const;
    return this.#record(taskId, stream, {
      ...issued,
      timeoutSeconds: 10,
      capabilities: noDemand,
      payload: null,
    });
  }

  async assign(commands: readonly AssignCommand[]): Promise<readonly AssignAnswer[]> {
    await this.#gate;
    return this.#answer(commands, (stream, { nodeId, sessionEpoch }) => {
      stream.attempt += 1;
      this.placed += 1;
      const { attempt } = stream;
      const event = { type: 'TaskAssigned', attempt, nodeId, sessionEpoch } as const;
      return { event, answer: { kind: 'assigned', attempt, payload: undefined } };
    });
  }

  async report(commands: readonly ReportCommand[]): Promise<readonly ReportAnswer[]> {
    return this.#answer(commands, (stream, { entry }) => {
      if (entry.kind === 'finish') this.finished += 1;
      return { event: reported(stream.attempt, entry), answer: { kind: 'recorded' } };
    });
  }

  async #answer<C extends AssignCommand | ReportCommand, A>(
    commands: readonly C[],
    write: (stream: Stream, command: C) => { event: TaskEvent; answer: A },
  ): Promise<A[]> {
    await this.#turn();
    const events: RecordedEvent[] = [];
    const answers = commands.map((command) => {
      const stream = this.#streams.get(command.taskId);
      if (stream === undefined) throw new Error(`nobody issued ${command.taskId}`);
      const { event, answer } = write(stream, command);
      events.push(this.#record(command.taskId, stream, event));
      return answer;
    });
    void this.#turn().then(() => this.#onEvents(events));
    return answers;
  }

  /** What comes by a socket comes one after the other, each in a turn of its own. */
  #turn(): Promise<void> {
    this.#last = this.#last.then(() => turn());
    return this.#last;
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

function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
