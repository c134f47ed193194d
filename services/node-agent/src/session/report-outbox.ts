import type { TaskId } from '@greencloud/domain';
import type { AttemptKey, ReportBody } from '../attempts/messages.ts';
import type { Haste } from './haste.ts';
import type { Report } from './messages.ts';

interface Entry extends AttemptKey {
  readonly bytes: number;
  body: ReportBody;
  /** 0 until it is sent in the present session. */
  sequence: bigint;
}

/** Progress of one attempt: one report on its way at most, and the last value that waits for it. */
interface ProgressState {
  inFlight: Entry | undefined;
  held: number | undefined;
}

// Sent and not acknowledged. Reports and heartbeats go to the scheduler in one stream, which it stops
// reading while it holds 20,000 reports or 64 MiB that the log does not take: then no beat is
// answered, and after 15 s all work here stops. So a node keeps its results until there is use for
// them: 1 MiB is far below that limit, and 30 MiB/s with the acknowledgement 30 ms later; 1,000
// reports are 30,000/s. The last one may exceed it: any result goes at once when the log keeps up, and
// a message stays below gRPC's 4 MiB.
const WINDOW_BYTES = 1_048_576;
const WINDOW_REPORTS = 1_000;
const ENTRY_OVERHEAD_BYTES = 64;

/**
 * Reports until the scheduler has them durably. All are kept, in order, and a new session sends
 * what is left again from sequence 1 on. Bounded by the attempts: each has an accepted, two
 * progresses and an end at most, since a further progress takes the place of the last.
 */
export class ReportOutbox {
  readonly #onReport: (haste: Haste) => void;
  /** The sent ones first. */
  #entries: Entry[] = [];
  #sent = 0;
  #sentBytes = 0;
  #window: 'open' | 'full' = 'open';
  #sequence = 0n;
  #bytes = 0;
  readonly #progress = new Map<TaskId, ProgressState>();
  /** Attempts whose end is not acknowledged. */
  readonly #ended = new Map<TaskId, AttemptKey>();

  /** @param onReport called whenever there is something to take. */
  constructor(onReport: (haste: Haste) => void) {
    this.#onReport = onReport;
  }

  /** Not acknowledged yet. */
  get size(): number {
    return this.#entries.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add({ taskId, attempt }: AttemptKey, body: ReportBody): void {
    if (body.kind === 'progress' && this.#hold(taskId, body.percent) === 'held') return;
    const entry = { taskId, attempt, body, bytes: sizeOf(body), sequence: 0n };
    if (body.kind === 'progress') this.#progress.set(taskId, { inFlight: entry, held: undefined });
    if (isEnd(body)) {
      this.#progress.delete(taskId);
      this.#ended.set(taskId, entry);
    }
    this.#entries.push(entry);
    this.#bytes += entry.bytes;
    this.#onReport(hasteOf(body));
  }

  /** Forgets an attempt: nobody wants to hear of it any more. */
  drop({ taskId, attempt }: AttemptKey): void {
    const isDropped = (entry: Entry) => entry.taskId === taskId && entry.attempt === attempt;
    if (!this.#entries.some(isDropped)) return;
    this.#entries = this.#entries.filter((entry) => !isDropped(entry));
    this.#sent = this.#entries.findLastIndex((entry) => entry.sequence > 0n) + 1;
    this.#bytes = bytesOf(this.#entries);
    this.#sentBytes = bytesOf(this.#entries.slice(0, this.#sent));
    this.#progress.delete(taskId);
    if (this.hasEnded({ taskId, attempt })) this.#ended.delete(taskId);
    this.#openWindow();
  }

  /** The next message's reports; empty when all is sent, or too much of it is not acknowledged. */
  take(): Report[] {
    const reports: Report[] = [];
    for (;;) {
      const entry = this.#entries[this.#sent];
      if (entry === undefined) break;
      this.#window = this.#hasWindow ? 'open' : 'full';
      if (this.#window === 'full') break;
      this.#sent += 1;
      this.#sentBytes += entry.bytes;
      this.#sequence += 1n;
      entry.sequence = this.#sequence;
      const { taskId, attempt, body, sequence } = entry;
      reports.push({ taskId, attempt, body, sequence });
    }
    return reports;
  }

  get #hasWindow(): boolean {
    return this.#sentBytes < WINDOW_BYTES && this.#sent < WINDOW_REPORTS;
  }

  /** What waited for the window may go. */
  #openWindow(): void {
    if (this.#window === 'open' || !this.#hasWindow) return;
    this.#window = 'open';
    this.#onReport('now');
  }

  acknowledge(upTo: bigint): void {
    const pending = this.#entries.findIndex(({ sequence }) => sequence === 0n || sequence > upTo);
    const done = this.#entries.splice(0, pending < 0 ? this.#entries.length : pending);
    this.#sent -= done.length;
    for (const entry of done) {
      this.#bytes -= entry.bytes;
      this.#sentBytes -= entry.bytes;
      if (entry.body.kind === 'progress') this.#sendHeld(entry);
      if (isEnd(entry.body) && this.hasEnded(entry)) this.#ended.delete(entry.taskId);
    }
    this.#openWindow();
  }

  /** A new session knows nothing of the last one's sequences. */
  restart(): void {
    for (const entry of this.#entries) entry.sequence = 0n;
    this.#sent = 0;
    this.#sentBytes = 0;
    this.#window = 'open';
    this.#sequence = 0n;
    if (this.size > 0) this.#onReport('now');
  }

  /** Attempts with an end that is not acknowledged. */
  ended(): AttemptKey[] {
    return [...this.#ended.values()].map(({ taskId, attempt }) => ({ taskId, attempt }));
  }

  hasEnded({ taskId, attempt }: AttemptKey): boolean {
    return this.#ended.get(taskId)?.attempt === attempt;
  }

  #hold(taskId: TaskId, percent: number): 'held' | 'free' {
    const state = this.#progress.get(taskId);
    if (state?.inFlight === undefined || waitsToBegin(state.inFlight)) return 'free';
    // Not sent yet: the later value takes its place. Sent: it waits for the ack.
    if (state.inFlight.sequence === 0n) state.inFlight.body = { kind: 'progress', percent };
    else state.held = percent;
    return 'held';
  }

  #sendHeld(acknowledged: Entry): void {
    const state = this.#progress.get(acknowledged.taskId);
    if (state?.inFlight !== acknowledged) return;
    this.#progress.delete(acknowledged.taskId);
    if (state.held !== undefined) this.add(acknowledged, { kind: 'progress', percent: state.held });
  }
}

function bytesOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, { bytes }) => sum + bytes, 0);
}

function isEnd(body: ReportBody): boolean {
  return body.kind === 'finish' || body.kind === 'release' || body.kind === 'returned';
}

/** That an attempt was taken and began is news that its end makes old. */
function hasteOf(body: ReportBody): Haste {
  return body.kind === 'accepted' || isBeginning(body) ? 'soon' : 'now';
}

function isBeginning(body: ReportBody): boolean {
  return body.kind === 'progress' && body.percent === 0;
}

/** No later value takes its place: the log says of each attempt that it began. */
function waitsToBegin({ body, sequence }: Entry): boolean {
  return sequence === 0n && isBeginning(body);
}

function sizeOf(body: ReportBody): number {
  const result = body.kind === 'finish' ? (body.result?.body.length ?? 0) : 0;
  return ENTRY_OVERHEAD_BYTES + result;
}
