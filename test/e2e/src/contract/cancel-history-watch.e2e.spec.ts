import { eventually } from '@greencloud/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import type { HistoryEntry } from '../client.ts';
import type { StreamItem } from '../event-stream.ts';
import { impossible, lambdaCode, type Order } from '../lambda-code.ts';
import { expectProblem } from '../problem.ts';
import { newId, type Tenant, useSharedStack } from '../shared/shared-stack.ts';

const stack = useSharedStack();

describe('1.5: More on a task', () => {
  let tenant: Tenant;
  let lambdaId: string;
  let neverId: string;

  beforeAll(async () => {
    tenant = await stack().tenant();
    lambdaId = await tenant.createLambda('obedient', await lambdaCode('obedient'));
    neverId = await tenant.createLambda('never', await lambdaCode('obedient'), impossible);
  });

  const order = (what: Order) => tenant.issue(lambdaId, JSON.stringify(what));
  const waiting = () => tenant.issue(neverId, '');
  const cancel = (id: string) => tenant.call('DELETE', `/v1/task/${id}`);

  async function running(): Promise<string> {
    const id = await order({ progress: 10, sleepMs: 25_000 });
    await eventually(async () => expect((await tenant.task(id)).state).toBe('running'));
    return id;
  }

  describe('DELETE /v1/task/{id}', () => {
    it('cancels a task that waits: 204', async () => {
      const id = await waiting();
      const answer = await cancel(id);
      expect({ status: answer.status, text: answer.text }).toEqual({ status: 204, text: '' });
      expect(await tenant.task(id)).toMatchObject({ outcome: 'cancelled', status: 499 });
    });

    it('cancels a task that runs: 204, and its slot is free again', async () => {
      const ids = await Promise.all(Array.from({ length: 8 }, running));
      expect((await Promise.all(ids.map(cancel))).map(({ status }) => status)).toEqual(
        ids.map(() => 204),
      );
      // All eight slots of the two nodes were taken.
      expect((await tenant.result(await order({ say: 'free' }))).text).toBe('free');
    });

    it('is 204 also when repeated', async () => {
      const id = await waiting();
      const answers = [await cancel(id), await cancel(id), await cancel(id)];
      expect(answers.map(({ status }) => status)).toEqual([204, 204, 204]);
      expect((await tenant.history(id)).filter(({ type }) => type === 'TaskFinished')).toHaveLength(
        1,
      );
    });

    it('has the ETag of the end, which a read brings along as If-None-Match', async () => {
      const id = await waiting();
      const { headers } = await cancel(id);
      const read = (tag: string) =>
        tenant.call('GET', `/v1/task/${id}`, { headers: { 'if-none-match': tag } });
      expect(headers['etag']).toBe('"2"');
      expect((await cancel(id)).headers['etag']).toBe('"2"');
      expect((await read('"2"')).status).toBe(304);
      const old = await read('"1"');
      expect(old.headers['etag']).toBe('"2"');
      expect(old.json()).toMatchObject({ state: 'finished', outcome: 'cancelled' });
    });

    it.each<[string, Order]>([
      ['succeeded', { say: 'x' }],
      ['failed', { throw: 'no' }],
    ])('is 409 TASK_ALREADY_FINISHED after %s', async (outcome, what) => {
      const id = await order(what);
      await tenant.result(id);
      expectProblem(await cancel(id), 409, 'TASK_ALREADY_FINISHED');
      expect((await tenant.task(id)).outcome).toBe(outcome);
    });

    it('of a task that nobody has is 404 TASK_NOT_FOUND', async () => {
      expectProblem(await cancel(newId()), 404, 'TASK_NOT_FOUND');
    });
  });

  describe('GET /v1/task/{id}/history', () => {
    let events: HistoryEntry[];

    beforeAll(async () => {
      const id = await order({ progress: 50, say: 'x' });
      await tenant.result(id);
      events = await tenant.history(id);
    });

    it('gives the task’s events in order', () => {
      expect(events.map(({ version }) => version)).toEqual(events.map((_, i) => i + 1));
      const types = events.map(({ type }) => type);
      expect(types.filter((type, i) => type !== types[i - 1])).toEqual([
        'TaskIssued',
        'TaskAssigned',
        'TaskProgressed',
        'TaskFinished',
      ]);
    });

    it('gives each its version, type and at', () => {
      for (const event of events) {
        expect(event).toMatchObject({ at: expect.stringMatching(/^\d{10}$/) });
      }
      expect(events.at(-1)).toMatchObject({ type: 'TaskFinished', outcome: 'succeeded' });
    });

    it('tells nothing of the inside', () => {
      const members = new Set(events.flatMap(Object.keys));
      for (const inner of [
        'tenantId',
        'partition',
        'position',
        'commandId',
        'sessionEpoch',
        'hash',
      ]) {
        expect(members).not.toContain(inner);
      }
    });

    it('of a task that nobody has is 404 TASK_NOT_FOUND', async () => {
      expectProblem(await tenant.call('GET', `/v1/task/${newId()}/history`), 404, 'TASK_NOT_FOUND');
    });
  });

  describe('GET /v1/task/{id}/watch', () => {
    it('is text/event-stream, one event each: its type, its version, its data', async () => {
      const id = await order({ progress: 50, say: 'x' });
      const stream = await tenant.watch(id);
      expect(stream.status).toBe(200);
      expect(stream.headers['content-type']).toMatch(/^text\/event-stream/);
      const items = await all(stream);
      const history = await tenant.history(id);
      expect(
        eventsOf(items).map(({ event, id, data }) => ({ event, id, data: JSON.parse(data) })),
      ).toEqual(
        history.map((entry) => ({ event: entry.type, id: String(entry.version), data: entry })),
      );
    });

    it('tells what happens while it happens', async () => {
      const id = await waiting();
      const stream = await tenant.watch(id);
      const items = stream[Symbol.asyncIterator]();
      expect((await items.next()).value).toMatchObject({ event: 'TaskIssued' });
      const next = items.next();
      await cancel(id);
      expect((await next).value).toMatchObject({ event: 'TaskFinished', id: '2' });
    });

    it('ends after TaskFinished', async () => {
      const id = await waiting();
      const watched = tenant.watched(id);
      await cancel(id);
      expect(eventsOf(await watched).map(({ event }) => event)).toEqual([
        'TaskIssued',
        'TaskFinished',
      ]);
    });

    it('resumes after Last-Event-ID', async () => {
      const id = await order({ progress: 50, say: 'x' });
      await tenant.result(id);
      const whole = eventsOf(await tenant.watched(id));
      for (const { id: last } of whole.slice(0, -1)) {
        const rest = eventsOf(await tenant.watched(id, { 'last-event-id': last }));
        expect(rest).toEqual(whole.slice(Number(last)));
      }
    });

    it('has nothing more to say after the last event', async () => {
      const id = await order({ say: 'x' });
      await tenant.result(id);
      const last = (await tenant.history(id)).length;
      const stream = await tenant.watch(id, { 'last-event-id': String(last) });
      expect(stream.status).toBe(204);
    });

    it('refuses a Last-Event-ID that is none', async () => {
      const stream = await tenant.watch(await waiting(), { 'last-event-id': 'x' });
      expect(stream.status).toBe(400);
      expect(JSON.parse(await stream.text())).toMatchObject({ code: 'INVALID_PARAMETER' });
    });

    it('of a task that nobody has is 404 TASK_NOT_FOUND and no stream', async () => {
      const stream = await tenant.watch(newId());
      expect(stream.status).toBe(404);
      expect(JSON.parse(await stream.text())).toMatchObject({ code: 'TASK_NOT_FOUND' });
    });
  });
});

async function all(items: AsyncIterable<StreamItem>): Promise<StreamItem[]> {
  const seen: StreamItem[] = [];
  for await (const item of items) seen.push(item);
  return seen;
}

function eventsOf(items: readonly StreamItem[]) {
  return items.filter((item) => item.kind === 'event');
}
