import {
  evolve,
  initialState,
  partitionOf,
  type TaskEvent,
  type TaskState,
} from '@greencloud/domain';
import { decodeTaskEvent } from '@greencloud/event-log';
import { refusalOf } from './allowed.ts';
import type { StreamRow } from './stream-row.ts';
import type { OnViolation } from './violation.ts';

export interface StreamPlace {
  readonly partition: number;
  readonly partitions: number;
}

interface OpenStream {
  last: StreamRow;
  /** Undefined behind an event that could not be folded: one fault is told once. */
  state: TaskState | undefined;
}

/** Events of one partition, task by task and each by its versions; one stream is held in memory. */
export class StreamCheck {
  readonly #place: StreamPlace;
  readonly #onViolation: OnViolation;
  #stream: OpenStream | undefined;
  tasks = 0;

  constructor(place: StreamPlace, onViolation: OnViolation) {
    this.#place = place;
    this.#onViolation = onViolation;
  }

  take(row: StreamRow): void {
    if (this.#stream?.last.taskId !== row.taskId) this.#begin(row);
    else this.#goOn(this.#stream, row);
  }

  /** After the last event of the partition. */
  end(): void {
    if (this.#stream !== undefined) this.#checkHead(this.#stream);
    this.#stream = undefined;
  }

  #begin(row: StreamRow): void {
    this.end();
    this.tasks += 1;
    const { partition, partitions } = this.#place;
    const home = partitionOf(row.taskId, partitions);
    if (home !== partition) this.#say(row, `belongs to partition ${home}`);
    if (row.version !== 1) this.#say(row, `version ${row.version} after 0`);
    this.#stream = { last: row, state: this.#fold(initialState, row) };
  }

  #goOn(stream: OpenStream, row: StreamRow): void {
    const { last, state } = stream;
    if (row.version !== last.version + 1) {
      this.#say(row, `version ${row.version} after ${last.version}`);
    }
    if (row.position <= last.position) {
      this.#say(row, `version ${row.version} stands at ${row.position}, before ${last.position}`);
    }
    if (row.tenantId !== last.tenantId) this.#say(row, 'changes its tenant');
    stream.last = row;
    stream.state = state === undefined ? undefined : this.#fold(state, row);
  }

  #fold(state: TaskState, row: StreamRow): TaskState | undefined {
    const event = this.#read(row);
    if (event === undefined) return undefined;
    if (event.type !== row.type) this.#say(row, `${row.type} holds a ${event.type}`);
    if (event.type === 'TaskIssued' && event.tenantId !== row.tenantId) {
      this.#say(row, 'is issued for another tenant than its event says');
    }
    this.#checkContent(event, row);
    const refusal = refusalOf(state, event);
    if (refusal === undefined) return evolve(state, event);
    this.#say(row, refusal);
    return undefined;
  }

  #read(row: StreamRow): TaskEvent | undefined {
    try {
      return decodeTaskEvent(row.data);
    } catch (error) {
      this.#say(row, `version ${row.version} cannot be read: ${String(error)}`);
      return undefined;
    }
  }

  #checkContent(event: TaskEvent, row: StreamRow): void {
    const said = contentOf(event)?.size ?? null;
    if (said !== row.contentSize) {
      this.#say(row, `${event.type} names ${bytes(said)}, kept are ${bytes(row.contentSize)}`);
    }
  }

  #checkHead({ last, state }: OpenStream): void {
    const { head } = last;
    if (head === null) return this.#say(last, 'has no stream head');
    if (head.version !== last.version || head.position !== last.position) {
      const is = `version ${last.version} at ${last.position}`;
      this.#say(last, `ends with ${is}, its head says ${head.version} at ${head.position}`);
    }
    if (head.tenantId !== last.tenantId) this.#say(last, 'has a head of another tenant');
    if (state !== undefined && head.open === (state.status === 'finished')) {
      this.#say(last, `is ${state.status}, its head says ${head.open ? 'open' : 'finished'}`);
    }
  }

  #say({ taskId }: StreamRow, what: string): void {
    this.#onViolation(`partition ${this.#place.partition}, task ${taskId}: ${what}`);
  }
}

function contentOf(event: TaskEvent) {
  if (event.type === 'TaskIssued') return event.payload;
  return event.type === 'TaskFinished' ? event.result : null;
}

function bytes(size: number | null): string {
  return size === null ? 'no bytes' : `${size} bytes`;
}
