import { DomainError, partitionOf, type TaskId } from '@greencloud/domain';
import type { Logger } from '@greencloud/runtime';
import type { AppendOutcome } from '../log/append-batch.ts';
import type { StoredEvent } from '../log/stored-event.ts';
import type { Db } from '../postgres/database.ts';
import { appendDrafts, type FailedDraft } from './append-drafts.ts';
import type { AppendMetrics } from './append-metrics.ts';
import type { AppendAnswer, AppendRequest } from './append-request.ts';
import { type DecidedEvent, decideBatch, type KnownTask } from './decide-batch.ts';
import { draftOf, storedEventOf } from './draft.ts';
import { loadTasks, type TaskInLog } from './load-tasks.ts';
import type { RecentContent } from './recent-content.ts';
import { type SeenVersions, seenVersions } from './seen-versions.ts';
import type { TaskCache } from './task-cache.ts';

export interface WriterOptions {
  readonly partitions: number;
  readonly db: Db;
  readonly cache: TaskCache;
  readonly recent: RecentContent;
  readonly logger: Logger;
  readonly metrics: AppendMetrics;
  /** How long a batch is sent again while the database does not answer. */
  readonly retryMs: number;
  /** Called after each commit, for each partition that it appended to, with its events in order. */
  readonly onCommitted: (partition: number, events: readonly StoredEvent[]) => void;
}

/** A request of the batch, until it has its answer. */
interface Slot {
  readonly request: AppendRequest;
  answer: AppendAnswer | Error | undefined;
}

interface Append {
  readonly slot: Slot;
  readonly decided: DecidedEvent;
}

// Each round answers at least one command of every task in it. Two are usual when a cached state
// was stale; as many as this only if other replicas write to the same task between all of them.
const maxRounds = 8;

/** Writes one batch at a time, of any partitions; whoever calls it sees to that. */
export class BatchWriter {
  readonly #options: WriterOptions;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  /** Answers in the order of the requests; rejects only when the log cannot be reached. */
  async write(requests: readonly AppendRequest[]): Promise<(AppendAnswer | Error)[]> {
    const slots = requests.map((request): Slot => ({ request, answer: lateness(request) }));
    try {
      await this.#untilAnswered(slots);
    } catch (error) {
      for (const { request } of slots) this.#options.cache.forget(request.taskId);
      throw error;
    }
    return slots.map(({ answer }) => answer ?? tooContended());
  }

  async #untilAnswered(slots: readonly Slot[]): Promise<void> {
    for (let round = 1; round <= maxRounds; round += 1) {
      const open = slots.filter(({ answer }) => answer === undefined);
      if (open.length === 0) return;
      await this.#round(open, round === 1 ? await this.#recall(open) : await this.#load(open));
    }
  }

  async #round(slots: readonly Slot[], known: ReadonlyMap<TaskId, KnownTask>): Promise<void> {
    const verdicts = decideBatch(
      slots.map(({ request }) => request),
      (taskId) => known.get(taskId),
    );
    const appends: Append[] = [];
    const unchanged: { slot: Slot; version: number }[] = [];
    for (const [index, slot] of slots.entries()) {
      const verdict = verdicts[index];
      if (verdict?.kind === 'answer') slot.answer = verdict.answer;
      if (verdict?.kind === 'append') appends.push({ slot, decided: verdict.decided });
      if (verdict?.kind === 'unchanged') unchanged.push({ slot, version: verdict.version });
    }
    const seen = seenVersions(known);
    if (appends.length > 0) await this.#append(appends, seen);
    for (const { slot, version } of unchanged) {
      if (seen.has(slot.request.taskId, version)) slot.answer = { kind: 'unchanged', version };
    }
  }

  async #append(appends: readonly Append[], seen: SeenVersions): Promise<void> {
    const { partitions } = this.#options;
    const drafts = appends.map(({ decided }) =>
      draftOf(partitionOf(decided.request.taskId, partitions), decided),
    );
    const outcomes = await this.#send(drafts);
    const committed = new Map<number, StoredEvent[]>();
    for (const [index, { slot, decided }] of appends.entries()) {
      const [draft, outcome] = [drafts[index], outcomes[index]];
      if (draft === undefined || outcome === undefined) throw new Error('an append lost a command');
      this.#settle(slot, decided, outcome);
      if (outcome.kind !== 'accepted') continue;
      keep(committed, storedEventOf(draft, outcome));
      seen.add(draft.taskId, draft.expectedVersion);
      seen.add(draft.taskId, draft.expectedVersion + 1);
    }
    for (const [partition, events] of committed) this.#options.onCommitted(partition, events);
  }

  async #send(drafts: Parameters<typeof appendDrafts>[1]) {
    const { db, logger, retryMs, metrics } = this.#options;
    const startedAt = performance.now();
    const outcomes = await appendDrafts(db, drafts, { logger, withinMs: retryMs });
    metrics.commitSeconds.record((performance.now() - startedAt) / 1_000);
    metrics.batchSize.record(drafts.length);
    for (const { kind } of outcomes) metrics.outcomes.add(1, { kind });
    return outcomes;
  }

  #settle(slot: Slot, decided: DecidedEvent, outcome: AppendOutcome | FailedDraft): void {
    const { cache, recent } = this.#options;
    const { taskId } = slot.request;
    if (outcome.kind === 'accepted') {
      cache.set(taskId, decided.after);
      keepContent(recent, decided);
    } else cache.forget(taskId);
    slot.answer = answerTo(decided, outcome);
  }

  /** A task to be issued is taken for new: the log says when it is not, and that hardly happens. */
  async #recall(slots: readonly Slot[]): Promise<Map<TaskId, KnownTask>> {
    const { cache } = this.#options;
    const known = new Map<TaskId, KnownTask>();
    const issued = new Set<TaskId>();
    const missing = new Set<TaskId>();
    for (const { request } of slots) {
      const { taskId, command } = request;
      const cached = cache.get(taskId);
      if (cached !== undefined) known.set(taskId, { kind: 'cached', ...cached });
      else if (command.type === 'IssueTask') issued.add(taskId);
      else if (!issued.has(taskId)) missing.add(taskId);
    }
    for (const [taskId, task] of await this.#read(missing)) known.set(taskId, task);
    return known;
  }

  #load(slots: readonly Slot[]): Promise<Map<TaskId, KnownTask>> {
    return this.#read(new Set(slots.map(({ request }) => request.taskId)));
  }

  #read(taskIds: ReadonlySet<TaskId>): Promise<Map<TaskId, TaskInLog>> {
    const { db, partitions } = this.#options;
    const keys = [...taskIds].map((taskId) => ({
      taskId,
      partition: partitionOf(taskId, partitions),
    }));
    return loadTasks(db, keys);
  }
}

function keepContent(recent: RecentContent, { request, event, after }: DecidedEvent): void {
  const { taskId, content } = request;
  if (content === undefined || after.state.status === 'unknown') return;
  if (event.type === 'TaskIssued') recent.keepPayload(taskId, content);
  if (event.type === 'TaskFinished') recent.keepResult(taskId, after.state.tenantId, content);
}

function keep(committed: Map<number, StoredEvent[]>, event: StoredEvent): void {
  const events = committed.get(event.partition);
  if (events === undefined) committed.set(event.partition, [event]);
  else events.push(event);
}

/** Undefined: to be decided again on what the log has now. */
function answerTo(
  { request, event, expectedVersion, after }: DecidedEvent,
  outcome: AppendOutcome | FailedDraft,
): AppendAnswer | Error | undefined {
  const { payload } = after;
  switch (outcome.kind) {
    case 'accepted': {
      const version = expectedVersion + 1;
      return { kind: 'appended', taskId: request.taskId, version, event, payload };
    }
    case 'duplicate':
      // Of an issue the log has told all; of another command the event has to be read.
      if (event.type !== 'TaskIssued') return undefined;
      return {
        kind: 'appended',
        taskId: outcome.taskId,
        version: outcome.version,
        event,
        payload,
      };
    case 'replayed':
      return { kind: 'replayed', taskId: outcome.taskId, version: 1 };
    case 'key_reused':
      return new DomainError('IDEMPOTENCY_KEY_REUSED', 'The key has issued a task of another body');
    case 'conflict':
      return undefined;
    case 'failed':
      return new DomainError('INTERNAL', 'The log refused the event');
    default:
      return outcome satisfies never;
  }
}

function lateness({ deadline }: AppendRequest): DomainError | undefined {
  if (Date.now() < deadline) return undefined;
  return new DomainError('DEADLINE_EXCEEDED', 'The command waited past its deadline');
}

function tooContended(): DomainError {
  return new DomainError('CONFLICT', 'The task changes faster than the command could be decided');
}
