import { decide, fold, type TaskCommand, type TaskEvent, type TaskId } from '@greencloud/domain';
import type { RecordedEvent } from '@greencloud/event-log';
import { createMemoryLog, type MemoryLog } from '@greencloud/event-log/testing';
import type {
  AssignAnswer,
  AssignCommand,
  Entry,
  ReportAnswer,
  ReportCommand,
  TaskCommands,
} from '../record/task-commands.ts';

/** What becomes of a call. `lost`: it takes effect, and the answer does not arrive. */
export type Fate = 'answered' | 'lost' | 'refused';

/** The write side over a log in memory, with the rules of the domain and the faults of a network. */
export class MemoryCommands implements TaskCommands {
  readonly log: MemoryLog;
  readonly calls: (readonly (AssignCommand | ReportCommand)[])[] = [];
  /** Of the next calls; `answered` when there is none left. */
  readonly fates: Fate[] = [];
  readonly #done = new Map<string, AssignAnswer | ReportAnswer>();
  onEvents: (events: RecordedEvent[]) => void = () => undefined;

  constructor(now: () => number) {
    this.log = createMemoryLog({ partitions: 4, now });
  }

  async assign(commands: readonly AssignCommand[]): Promise<readonly AssignAnswer[]> {
    return this.#call(commands, (command): AssignAnswer => {
      const { taskId, expectedVersion, nodeId, sessionEpoch } = command;
      const assign = { type: 'AssignTask', expectedVersion, nodeId, sessionEpoch } as const;
      const event = this.#append(taskId, assign);
      if ('kind' in event) return event;
      if (event.type !== 'TaskAssigned') throw new Error(event.type);
      return { kind: 'assigned', attempt: event.attempt, payload: undefined };
    });
  }

  async report(commands: readonly ReportCommand[]): Promise<readonly ReportAnswer[]> {
    return this.#call(commands, (command): ReportAnswer => {
      const event = this.#append(command.taskId, commandOf(command));
      return 'kind' in event ? event : { kind: 'recorded' };
    });
  }

  #call<C extends AssignCommand | ReportCommand, A extends AssignAnswer | ReportAnswer>(
    commands: readonly C[],
    answerOne: (command: C) => A,
  ): readonly (A | { kind: 'unknown'; error: Error })[] {
    this.calls.push(commands);
    const fate = this.fates.shift() ?? 'answered';
    const unknown = { kind: 'unknown' as const, error: new Error(`the call was ${fate}`) };
    if (fate === 'refused') return commands.map(() => unknown);
    const answers = commands.map((command) => {
      const answer = (this.#done.get(command.commandId) as A | undefined) ?? answerOne(command);
      if (answer.kind !== 'refused') this.#done.set(command.commandId, answer);
      return answer;
    });
    return fate === 'lost' ? commands.map(() => unknown) : answers;
  }

  #append(
    taskId: TaskId,
    command: TaskCommand,
  ): TaskEvent | Extract<ReportAnswer, { kind: 'refused' }> {
    const decision = decide(command, fold(this.history(taskId)));
    if (decision.kind === 'refused') {
      return { kind: 'refused', code: decision.code, message: decision.message };
    }
    if (decision.kind === 'unchanged') return { type: 'TaskProgressed', attempt: 1, percent: 0 };
    this.onEvents(this.log.append(taskId, decision.event));
    return decision.event;
  }

  history(taskId: TaskId): TaskEvent[] {
    const all = Array.from({ length: this.log.partitions }, (_, p) => this.log.events(p)).flat();
    const mine = all.filter((recorded) => recorded.taskId === taskId);
    return mine.flatMap(({ event }) => (event.type === 'Unreadable' ? [] : [event]));
  }
}

function commandOf({ attempt, nodeId, entry }: ReportCommand): TaskCommand {
  if (entry.kind === 'expiry') return { type: 'ExpireTask', attempt };
  if (nodeId === 'none') throw new Error('a report without a node');
  return reported({ attempt, nodeId }, entry);
}

function reported(
  of: { attempt: number; nodeId: Exclude<ReportCommand['nodeId'], 'none'> },
  entry: Exclude<Entry, { kind: 'expiry' }>,
): TaskCommand {
  switch (entry.kind) {
    case 'progress':
      return { type: 'ReportProgress', ...of, percent: entry.percent };
    case 'release':
      return { type: 'ReleaseTask', ...of, reason: entry.reason };
    case 'finish': {
      const { outcome, status, detail } = entry;
      return { type: 'FinishTask', ...of, outcome, status, detail, result: null };
    }
    default:
      return entry satisfies never;
  }
}
