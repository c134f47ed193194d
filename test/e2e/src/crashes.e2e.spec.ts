import { serviceNames } from '@greencloud/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RestClient } from './client.ts';
import { type Stack, startStack } from './stack.ts';

const tasks = 150;

describe('a process killed in the middle of a run', () => {
  let stack: Stack;
  let api: RestClient;
  let lambdaId: string;

  beforeAll(async () => {
    stack = await startStack({ nodes: 2 });
    api = stack.api;
    lambdaId = await api.createLambda(
      'pause',
      'export default async (request) => { await new Promise((r) => setTimeout(r, 20)); return { n: Number(await request.text()) }; };',
    );
  });
  afterAll(async () => {
    await stack?.stop();
  });

  /** An edge that is gone answers nothing: what was not accepted is issued again, as a client would. */
  async function issueUntilAccepted(n: number): Promise<string> {
    const key = { 'idempotency-key': `crash-${lambdaId}-${process.hrtime.bigint()}-${n}` };
    const body = { lambdaId, timeout: 30, inlinePayload: String(n) };
    for (;;) {
      const answer = await api.call('POST', '/v1/task', { body, headers: key }).catch(() => null);
      if (answer?.status === 201) return answer.json<{ id: string }>().id;
      if (answer && answer.status < 500) throw new Error(answer.text);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async function finishedOnce(id: string): Promise<unknown> {
    for (;;) {
      const answer = await api.result(id).catch(() => null);
      if (answer?.status === 200) return answer.json();
      if (answer && answer.status < 500 && answer.status !== 404) throw new Error(answer.text);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  it.each([...serviceNames, 'nats-server', 'postgres'])(
    'loses no task and finishes each once: %s',
    async (service) => {
      const numbers = Array.from({ length: tasks }, (_, i) => i);
      const accepted = numbers.map((n) => issueUntilAccepted(n));
      await Promise.any(accepted);
      await stack.kill(service);

      const ids = await Promise.all(accepted);
      const answers = await Promise.all(ids.map((id) => finishedOnce(id)));

      expect(new Set(ids).size).toBe(tasks);
      expect(answers).toEqual(numbers.map((n) => ({ n })));
      const histories = await Promise.all(ids.map((id) => api.history(id)));
      for (const events of histories) {
        expect(events.filter((e) => e.type === 'TaskFinished')).toHaveLength(1);
        expect(events.at(-1)?.type).toBe('TaskFinished');
        expect(events.map((e) => e.version)).toEqual(events.map((_, i) => i + 1));
      }
    },
    120_000,
  );
});
