import { randomUUID } from 'node:crypto';
import { fold, type TaskEvent, type TaskId } from '@greencloud/domain';
import type { RecordedEvent } from '@greencloud/event-log';
import { type TestDatabase, withPostgres } from '@greencloud/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newTaskId, openLog, tenant } from '../log/log-fixtures.ts';
import {
  assignItem,
  finished,
  issueItem,
  reportItem,
  serve,
  type TestReplica,
} from './server-fixtures.ts';

const partitions = 2;
let database: TestDatabase;
let replicas: TestReplica[];
beforeAll(async () => {
  database = await withPostgres();
  const db = await openLog(database.url, partitions);
  await db.destroy();
  replicas = [await serve(database.url, partitions), await serve(database.url, partitions)];
});
afterAll(async () => {
  for (const replica of replicas) await replica[Symbol.asyncDispose]();
  await database.close();
});

const step = fc.record({
  replica: fc.nat(1),
  task: fc.nat(3),
  attempt: fc.constantFrom(1, 1, 1, 1, 2, 2, 3),
  version: fc.constantFrom(1, 1, 1, 2, 3, 3, 4, 4, 5, 6, 7, 8),
  percent: fc.nat(100),
  kind: fc.constantFrom(
    'issue',
    'assign',
    'assign',
    'assign',
    'progress',
    'progress',
    'release',
    'finish',
    'expire',
    'cancel',
  ),
  sendings: fc.integer({ min: 1, max: 2 }),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** What was answered to a command: the version that it made, or that it found. */
interface Answered {
  readonly taskId: TaskId;
  readonly commandId: string;
  readonly version: number;
}

async function send(
  { commands }: TestReplica,
  { kind, attempt, version, percent }: Step,
  taskId: TaskId,
  commandId: string,
): Promise<Answered[]> {
  const result = await answerOf();
  if (result === undefined) throw new Error('no answer');
  if (result.$case === 'error') {
    expect(['INTERNAL', 'UNAVAILABLE', 'OVERLOADED']).not.toContain(result.value.code);
    return [];
  }
  return [{ taskId, commandId, version: result.value.version }];

  async function answerOf() {
    const ids = { commandId };
    if (kind === 'issue') {
      const tasks = [issueItem({ taskId, ...ids })];
      return (await commands.unary('issueTasks', { tasks })).results[0]?.result;
    }
    if (kind === 'assign') {
      const tasks = [assignItem(taskId, { expectedVersion: version, ...ids })];
      return (await commands.unary('assignTasks', { tasks })).results[0]?.result;
    }
    if (kind === 'cancel') {
      const tasks = [{ taskId, tenantId: tenant, ...ids }];
      return (await commands.unary('cancelTasks', { tasks })).results[0]?.result;
    }
    const reports = [reportItem(taskId, reportOf(kind, percent), { attempt, ...ids })];
    return (await commands.unary('reportTasks', { reports })).results[0]?.result;
  }
}

function reportOf(kind: string, percent: number): Parameters<typeof reportItem>[1] {
  if (kind === 'progress') return { $case: 'progress', value: { percent } };
  if (kind === 'finish') return finished();
  if (kind === 'release') return { $case: 'release', value: { reason: 1 } };
  return { $case: 'expiry', value: {} };
}

async function run(steps: readonly Step[], tasks: readonly TaskId[]): Promise<Answered[]> {
  const sendings = steps.flatMap((one) => {
    const commandId = randomUUID();
    return Array.from({ length: one.sendings }, (_, again) => {
      // Sent again by the other replica, at the same time.
      const replica = replicas[(one.replica + again) % 2];
      const taskId = tasks[one.task];
      if (replica === undefined || taskId === undefined) throw new Error('no such choice');
      return () => send(replica, one, taskId, commandId);
    });
  });
  const answered: Answered[] = [];
  for (let from = 0; from < sendings.length; from += 12) {
    const answers = await Promise.all(sendings.slice(from, from + 12).map((one) => one()));
    answered.push(...answers.flat());
  }
  return answered;
}

async function wholeLog(): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (let partition = 0; partition < partitions; partition += 1) {
    let last = 0n;
    for await (const batch of replicas[0]?.log.readPartition(partition, 0n) ?? []) {
      for (const event of batch) {
        expect(event.position).toBe(last + 1n);
        last = event.position;
      }
      events.push(...batch);
    }
  }
  return events;
}

function expectSound(stream: readonly RecordedEvent[]): void {
  expect(stream.map(({ version }) => version)).toEqual(stream.map((_, index) => index + 1));
  expect(new Set(stream.map(({ commandId }) => commandId)).size).toBe(stream.length);
  const events = stream.map(({ event }) => event as TaskEvent);
  expect(events.filter(({ type }) => type === 'TaskFinished').length).toBeLessThanOrEqual(1);
  // Throws when an event cannot follow the one before it.
  fold(events);
}

it('keeps the log sound under any commands, sent at once and again to two replicas', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 90 }), async (steps) => {
      const tasks = Array.from({ length: 4 }, () => newTaskId());
      const issuing: Step[] = tasks.map((_, task) => ({
        replica: task % 2,
        task,
        attempt: 1,
        version: 1,
        percent: 0,
        kind: 'issue',
        sendings: 1,
      }));
      const answered = await run([...issuing, ...steps], tasks);
      const log = await wholeLog();
      for (const taskId of tasks) expectSound(log.filter((event) => event.taskId === taskId));
      for (const { taskId, commandId, version } of answered) {
        const made = log.find((event) => event.taskId === taskId && event.commandId === commandId);
        // Without an event of its own it changed nothing; the version it found is in the log.
        expect(made?.version ?? version).toBe(version);
        expect(log.some((event) => event.taskId === taskId && event.version === version)).toBe(
          true,
        );
      }
      expect(log.every((event) => event.event.type !== 'Unreadable')).toBe(true);
    }),
    { numRuns: 15 },
  );
  // The choices above reach nearly every kind of event, or the property would say little.
  const types = new Set((await wholeLog()).map(({ event }) => event.type));
  expect(types.size).toBeGreaterThanOrEqual(4);
});
