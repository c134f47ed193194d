import { createHash } from 'node:crypto';
import { parseTaskId } from '@greencloud/domain';
import type { TaskReport } from '@greencloud/proto/task/v1/task_command';
import { type TestDatabase, withPostgres } from '@greencloud/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLog, tenant } from '../log/log-fixtures.ts';
import {
  assignItem,
  finished,
  issueItem,
  reportItem,
  serve,
  type TestReplica,
} from './server-fixtures.ts';

let database: TestDatabase;
let here: TestReplica;
beforeAll(async () => {
  database = await withPostgres();
  const db = await openLog(database.url, 4);
  await db.destroy();
  here = await serve(database.url, 4);
});
afterAll(async () => {
  await here[Symbol.asyncDispose]();
  await database.close();
});

const payload = { contentType: 'application/json', body: Buffer.from('{"n": 1}') };

async function issued(other: Parameters<typeof issueItem>[0] = {}): Promise<string> {
  const item = issueItem(other);
  await here.commands.unary('issueTasks', { tasks: [item] });
  return item.taskId;
}

async function report(...reports: TaskReport[]) {
  const { results } = await here.commands.unary('reportTasks', { reports });
  return results.map(({ result }) =>
    result?.$case === 'appended' ? result.value.version : result?.value.code,
  );
}

async function eventsOf(taskId: string) {
  const id = parseTaskId(taskId);
  const streams = await here.log.readTasks([id]);
  return (streams.get(id) ?? []).map(({ event }) => event);
}

it('carries a task from its issue to its finish', async () => {
  const taskId = await issued({ payload });
  const { results } = await here.commands.unary('assignTasks', { tasks: [assignItem(taskId)] });
  expect(results[0]?.result).toEqual({
    $case: 'assigned',
    value: { version: 2, attempt: 1, payload },
  });
  const result = { contentType: 'text/plain', body: Buffer.from('done') };
  expect(
    await report(
      reportItem(taskId, { $case: 'progress', value: { percent: 0 } }),
      reportItem(taskId, finished({ result })),
    ),
  ).toEqual([3, 4]);
  expect(await eventsOf(taskId)).toMatchObject([
    { type: 'TaskIssued', payload: { size: 8, hash: sha256(payload.body) } },
    { type: 'TaskAssigned', attempt: 1, sessionEpoch: 7n },
    { type: 'TaskProgressed', percent: 0 },
    { type: 'TaskFinished', result: { size: 4, contentType: 'text/plain' } },
  ]);
  expect(await here.log.getResults([{ tenantId: tenant, taskId: parseTaskId(taskId) }])).toEqual([
    result,
  ]);
});

it('answers each item of a batch by itself', async () => {
  const good = issueItem();
  const { results } = await here.commands.unary('issueTasks', {
    tasks: [issueItem({ taskId: 'x' }), good, issueItem({ timeoutSeconds: 121 })],
  });
  expect(results.map(({ result }) => result)).toMatchObject([
    { $case: 'error', value: { code: 'INVALID_ID' } },
    { $case: 'issued', value: { taskId: good.taskId, version: 1, replayed: false } },
    { $case: 'error', value: { code: 'VALIDATION_FAILED' } },
  ]);
});

describe('issuing', () => {
  it.each([
    ['INVALID_ID', { taskId: 'not an id' }],
    ['INVALID_ID', { commandId: 'not a uuid' }],
    ['INVALID_ID', { lambdaId: '' }],
    ['INVALID_ID', { codeVersion: "'; drop table" }],
    ['NEEDS_LOGIN', { tenantId: '' }],
    ['VALIDATION_FAILED', { timeoutSeconds: 0 }],
    ['VALIDATION_FAILED', { capabilities: undefined }],
    ['VALIDATION_FAILED', { idempotencyKey: 'with space', requestHash: Buffer.alloc(32) }],
    ['VALIDATION_FAILED', { idempotencyKey: 'a\0', requestHash: Buffer.alloc(32) }],
    ['VALIDATION_FAILED', { idempotencyKey: 'k', requestHash: Buffer.alloc(31) }],
    ['VALIDATION_FAILED', { payload: { contentType: '', body: Buffer.alloc(0) } }],
    ['VALIDATION_FAILED', { payload: { contentType: 'a\0b', body: Buffer.alloc(0) } }],
    ['PAYLOAD_TOO_LARGE', { payload: { ...payload, body: Buffer.alloc(256 * 1024 + 1) } }],
  ])('refuses as %s: %o', async (code, wrong) => {
    const { results } = await here.commands.unary('issueTasks', { tasks: [issueItem(wrong)] });
    expect(results[0]?.result).toMatchObject({ $case: 'error', value: { code } });
  });

  it('takes a payload of 256 KiB and keeps its bytes', async () => {
    const body = Buffer.alloc(256 * 1024, 'x');
    const taskId = await issued({ payload: { contentType: 'text/plain', body } });
    const kept = await here.log.getPayload(parseTaskId(taskId));
    expect(kept?.contentType).toBe('text/plain');
    expect(Buffer.from(kept?.body ?? []).equals(body)).toBe(true);
  });

  it('tells a replay of an idempotency key', async () => {
    const key = { idempotencyKey: 'once', requestHash: Buffer.alloc(32, 1) };
    const tasks = [issueItem(key), issueItem(key)];
    const first = await here.commands.unary('issueTasks', { tasks });
    const [one, two] = first.results.map(({ result }) => result);
    expect(one).toMatchObject({ $case: 'issued', value: { replayed: false } });
    const taskId = one?.$case === 'issued' ? one.value.taskId : '';
    expect(two).toMatchObject({ $case: 'issued', value: { taskId, replayed: true } });
    const other = issueItem({ ...key, requestHash: Buffer.alloc(32, 2) });
    const reused = await here.commands.unary('issueTasks', { tasks: [other] });
    expect(reused.results[0]?.result).toMatchObject({ value: { code: 'IDEMPOTENCY_KEY_REUSED' } });
  });

  it('refuses a call with more than 1,000 items', async () => {
    const tasks = Array.from({ length: 1_001 }, () => issueItem());
    const call = here.commands.unary('issueTasks', { tasks });
    await expect(call).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });
});

describe('assigning', () => {
  it('answers again what it answered when the command comes again', async () => {
    const taskId = await issued({ payload });
    const tasks = [assignItem(taskId)];
    const first = await here.commands.unary('assignTasks', { tasks });
    expect(await here.commands.unary('assignTasks', { tasks })).toEqual(first);
  });

  it('sends each bound task its own payload, and none where there is none', async () => {
    const bodies = ['a', 'b', ''].map((text) => Buffer.from(text));
    const tasks = bodies.map((body) =>
      issueItem(body.length === 0 ? {} : { payload: { contentType: 'text/plain', body } }),
    );
    await here.commands.unary('issueTasks', { tasks });
    const { results } = await here.commands.unary('assignTasks', {
      tasks: tasks.map(({ taskId }) => assignItem(taskId)),
    });
    const sent = results.map(({ result }) =>
      result?.$case === 'assigned' ? result.value.payload?.body.toString() : 'error',
    );
    expect(sent).toEqual(['a', 'b', undefined]);
  });

  it('answers CONFLICT to another version and TASK_NOT_FOUND to an unknown id', async () => {
    const taskId = await issued();
    const tasks = [
      assignItem(taskId, { expectedVersion: 2 }),
      assignItem('0'.repeat(24)),
      assignItem(taskId, { nodeId: 'x' }),
    ];
    const { results } = await here.commands.unary('assignTasks', { tasks });
    expect(results.map(({ result }) => result?.value)).toMatchObject([
      { code: 'CONFLICT' },
      { code: 'TASK_NOT_FOUND' },
      { code: 'INVALID_ID' },
    ]);
  });
});

describe('reporting', () => {
  it('fences another attempt and another node', async () => {
    const taskId = await issued();
    await here.commands.unary('assignTasks', { tasks: [assignItem(taskId)] });
    const nodeId = '2b061cfd-df01-4b02-a067-5122c5941e15';
    expect(
      await report(
        reportItem(taskId, finished(), { attempt: 2 }),
        reportItem(taskId, finished(), { nodeId }),
        reportItem(taskId, finished()),
        reportItem(taskId, finished()),
      ),
    ).toEqual(['FENCED', 'FENCED', 3, 'FENCED']);
  });

  it('releases an attempt and expires a task that waits', async () => {
    const taskId = await issued();
    await here.commands.unary('assignTasks', { tasks: [assignItem(taskId)] });
    const released = reportItem(taskId, { $case: 'release', value: { reason: 2 } });
    const expired = reportItem(taskId, { $case: 'expiry', value: {} }, { nodeId: '' });
    expect(await report(released, expired)).toEqual([3, 4]);
    expect((await eventsOf(taskId)).at(-1)).toMatchObject({ outcome: 'expired', attempt: 1 });
  });

  it.each<[string, TaskReport['report'], Partial<TaskReport>?]>([
    ['VALIDATION_FAILED', undefined],
    ['VALIDATION_FAILED', { $case: 'progress', value: { percent: 101 } }],
    ['VALIDATION_FAILED', finished(), { attempt: 0 }],
    ['VALIDATION_FAILED', { $case: 'release', value: { reason: 0 } }],
    ['VALIDATION_FAILED', finished({ status: 99 })],
    ['VALIDATION_FAILED', finished({ outcome: 4 })],
    ['VALIDATION_FAILED', finished({ detail: 'x'.repeat(1_025) })],
    ['VALIDATION_FAILED', finished({ detail: 'a\0b' })],
    [
      'PAYLOAD_TOO_LARGE',
      finished({ result: { contentType: 'text/plain', body: Buffer.alloc(1024 * 1024 + 1) } }),
    ],
    ['INVALID_ID', finished(), { nodeId: 'x' }],
  ])('refuses as %s: %o', async (code, wrong, other = {}) => {
    expect(await report(reportItem('0'.repeat(24), wrong, other))).toEqual([code]);
  });

  it('takes the longest detail there may be', async () => {
    const taskId = await issued();
    await here.commands.unary('assignTasks', { tasks: [assignItem(taskId)] });
    const longest = finished({ outcome: 2, status: 500, detail: '\uffff'.repeat(1_024) });
    expect(await report(reportItem(taskId, longest))).toEqual([3]);
  });
});

describe('cancelling', () => {
  const cancel = async (taskId: string, tenantId: string = tenant) => {
    const commandId = crypto.randomUUID();
    const { results } = await here.commands.unary('cancelTasks', {
      tasks: [{ taskId, commandId, tenantId }],
    });
    const result = results[0]?.result;
    return result?.$case === 'appended' ? result.value.version : result?.value.code;
  };

  it('ends a task once, and says so again', async () => {
    const taskId = await issued();
    expect([await cancel(taskId), await cancel(taskId)]).toEqual([2, 2]);
  });

  it("does not know another tenant's task", async () => {
    const taskId = await issued();
    expect(await cancel(taskId, 'someone-else')).toBe('TASK_NOT_FOUND');
    expect(await eventsOf(taskId)).toHaveLength(1);
  });
});

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe('an issue that may only replay', () => {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  /** No lambda, no capabilities: the caller could not resolve them any more. */
  const replayOnly = (idempotencyKey: string, requestHash: Buffer, tenantId: string = tenant) => ({
    ...issueItem({ tenantId, idempotencyKey, requestHash, replayOnly: true }),
    lambdaId: '',
    codeVersion: '',
    capabilities: undefined,
    timeoutSeconds: 0,
  });

  it('answers what the key has issued, and issues nothing', async () => {
    const first = issueItem({ idempotencyKey: 'replay-1', requestHash: hash('a') });
    const issued = await here.commands.unary('issueTasks', { tasks: [first] });
    const before = (await here.log.getLog()).heads;
    const { results } = await here.commands.unary('issueTasks', {
      tasks: [
        replayOnly('replay-1', hash('a')),
        replayOnly('replay-1', hash('b')),
        replayOnly('replay-2', hash('a')),
        replayOnly('replay-1', hash('a'), '5f00000000000000000000ff'),
        replayOnly('', Buffer.alloc(0)),
      ],
    });
    const taskId = issued.results[0]?.result?.value;
    expect(results[0]?.result).toEqual({ $case: 'issued', value: { ...taskId, replayed: true } });
    expect(
      results.slice(1).map(({ result }) => result?.$case === 'error' && result.value.code),
    ).toEqual(['IDEMPOTENCY_KEY_REUSED', 'TASK_NOT_FOUND', 'TASK_NOT_FOUND', 'VALIDATION_FAILED']);
    expect((await here.log.getLog()).heads).toEqual(before);
  });

  it('shares a call with issues that issue', async () => {
    const fresh = issueItem({ idempotencyKey: 'replay-3', requestHash: hash('a') });
    const tasks = [replayOnly('replay-4', hash('a')), fresh];
    const { results } = await here.commands.unary('issueTasks', { tasks });
    expect(results.map(({ result }) => result?.$case)).toEqual(['error', 'issued']);
  });
});
