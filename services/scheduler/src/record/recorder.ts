import { type NodeId, partitionOf, type TaskId } from '@greencloud/domain';
import type { World } from '../world.ts';
import { backOff } from './back-off.ts';
import { reportId } from './command-id.ts';
import { GroupCalls } from './group-calls.ts';
import type { Entry, Refused, ReportAnswer, ReportCommand, TaskCommands } from './task-commands.ts';

export interface OfAttempt {
  readonly taskId: TaskId;
  readonly attempt: number;
  readonly nodeId: NodeId | 'none';
  readonly sessionEpoch: bigint;
}

/** `abandoned`: this replica stops, and whoever comes after it decides. */
export type Recorded = { readonly kind: 'recorded' } | Refused | { readonly kind: 'abandoned' };

export interface RecorderOptions {
  readonly world: World;
  readonly commands: Pick<TaskCommands, 'report'>;
  readonly onTrouble: (error: unknown) => void;
}

// Each lane has one call in flight, which keeps the reports of a task in order; two keep one slow
// call from holding up every task. More of them are more calls for the same reports, which meet in
// the same commit.
const lanes = 2;
const mostItems = 256;
const mostBytes = 2 * 1024 * 1024;
const mostWaiting = 1_000_000;
/** Above this the streams of the nodes are not read on: they feel it by back-pressure. */
const fullAt = 20_000;
const fullAtBytes = 64 * 1024 * 1024;

interface Report {
  readonly command: ReportCommand;
  readonly onRecorded: (recorded: Recorded) => void;
}

const atOnce = Promise.resolve();
const abandoned = { kind: 'abandoned' } as const;

/** Writes what becomes of attempts into the log, many in one call, until the answer is known. */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #lanes: readonly GroupCalls<Report, ReportAnswer>[];
  readonly #stop = new AbortController();
  readonly #roomWanted: (() => void)[] = [];
  #state: 'open' | 'closed' = 'open';
  #waiting = 0;
  #bytes = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#lanes = Array.from(
      { length: lanes },
      () =>
        new GroupCalls<Report, ReportAnswer>({
          call: (reports) => this.#untilKnown(reports.map(({ command }) => command)),
          onAnswer: (report, answer) => this.#onAnswer(report, answer),
          maxItems: mostItems,
          maxBytes: mostBytes,
          sizeOf: ({ command }) => sizeOf(command.entry),
          concurrency: 1,
        }),
    );
  }

  get waiting(): number {
    return this.#waiting;
  }

  record(of: OfAttempt, entry: Entry): Promise<Recorded> {
    return new Promise((resolve) => this.submit(of, entry, resolve));
  }

  /** As `record`, without a promise: a busy node's reports come here by the thousand. */
  submit(of: OfAttempt, entry: Entry, onRecorded: Report['onRecorded']): void {
    const { taskId, attempt, nodeId, sessionEpoch } = of;
    const lane = this.#lanes[partitionOf(taskId, lanes)];
    if (lane === undefined || this.#state === 'closed' || this.#waiting >= mostWaiting) {
      return onRecorded(abandoned);
    }
    const commandId = reportId(taskId, attempt, entry);
    const command = { commandId, taskId, attempt, nodeId, sessionEpoch, entry };
    this.#count(1, sizeOf(entry));
    lane.put({ command, onRecorded });
  }

  /** Resolves when there is room for more reports. */
  room(): Promise<void> {
    if (this.#hasRoom) return atOnce;
    return new Promise((resolve) => this.#roomWanted.push(resolve));
  }

  /** What is in flight gets its answer or, after a moment, is abandoned. */
  async stop(): Promise<void> {
    this.#state = 'closed';
    const cancel = this.#options.world.after(2_000, () => this.#stop.abort());
    await Promise.all(this.#lanes.map((lane) => lane.idle()));
    cancel();
    this.#stop.abort();
  }

  get #hasRoom(): boolean {
    return this.#waiting < fullAt && this.#bytes < fullAtBytes;
  }

  #count(items: number, bytes: number): void {
    this.#waiting += items;
    this.#bytes += bytes;
    if (this.#roomWanted.length === 0 || !this.#hasRoom) return;
    for (const resolve of this.#roomWanted.splice(0)) resolve();
  }

  #onAnswer({ command, onRecorded }: Report, answer: ReportAnswer): void {
    this.#count(-1, -sizeOf(command.entry));
    onRecorded(answer.kind === 'unknown' ? abandoned : answer);
  }

  /** Sends again what has no definite answer; the lane waits, so that nothing overtakes it. */
  async #untilKnown(commands: readonly ReportCommand[]): Promise<ReportAnswer[]> {
    const answers = new Map<ReportCommand, ReportAnswer>();
    let left = commands;
    let fruitless = 0;
    while (left.length > 0 && !this.#stop.signal.aborted) {
      if (answers.size > 0) await backOff(this.#options.world, fruitless, this.#stop.signal);
      const round = await this.#options.commands.report(left);
      left.forEach((command, index) => {
        answers.set(command, round[index] ?? unknown(new Error('no answer')));
      });
      const still = left.filter((command) => this.#isUnknown(answers.get(command)));
      // A log that is full takes a few each time: to wait ever longer for the next few is no help.
      fruitless = still.length < left.length ? 1 : fruitless + 1;
      left = still;
    }
    return commands.map((command) => answers.get(command) ?? unknown(new Error('stopped')));
  }

  #isUnknown(answer: ReportAnswer | undefined): boolean {
    if (answer?.kind !== 'unknown') return false;
    this.#options.onTrouble(answer.error);
    return true;
  }
}

function unknown(error: unknown) {
  return { kind: 'unknown', error } as const;
}

function sizeOf(entry: Entry): number {
  return entry.kind === 'finish' ? 200 + (entry.result?.body.byteLength ?? 0) : 100;
}
