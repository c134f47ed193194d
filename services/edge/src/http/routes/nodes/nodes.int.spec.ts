import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { expectProblem } from '../../../testing/expect-problem.ts';
import type { TestRequest } from '../../../testing/test-edge.ts';
import { useTestEdge } from '../../../testing/use-test-edge.ts';
import { zNode } from './node-schemas.ts';

const edge = useTestEdge();
const send = (method: string, target: string, request?: TestRequest) =>
  edge().send(method, target, request);
const stranger = () => edge().token({ userId: '5f0000000000000000000002' });

describe('a node (3)', () => {
  const hash = '1a061cfd-df01-4b02-a067-5122c5941e15';

  it('is enrolled with 201 and its token, with or without a body', async () => {
    const answer = await send('POST', `/v1/node/${hash}`);
    expect([answer.status, answer.json]).toEqual([201, { token: `secret-of-${hash}` }]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const again = await send('POST', `/v1/node/${hash}`, { body: { description: 'connected' } });
    expect(again.status).toBe(201);
  });

  it('is listed with what it declared', async () => {
    const unseen = '2a061cfd-df01-4b02-a067-5122c5941e15';
    await send('POST', `/v1/node/${unseen}`);
    const listed = z.array(zNode).parse((await send('GET', '/v1/node/list')).json);
    expect(listed).toEqual([
      {
        hash,
        description: 'connected',
        available: true,
        disabled: false,
        draining: false,
        running: 0,
        capabilities: {
          cpuCount: 4,
          memSize: 2_048,
          networkLatency: 5,
          privileged: false,
          slots: 2,
        },
        energy: { source: 'renewable', carbonIntensity: 12 },
        lastSeen: '1678087212',
      },
      expect.objectContaining({
        hash: unseen,
        capabilities: null,
        energy: { source: 'unknown', carbonIntensity: null },
        lastSeen: '',
      }),
    ]);
  });

  it('is disabled, restored and drained', async () => {
    const shown = async () =>
      ((await send('GET', '/v1/node/list')).json as { hash: string }[]).find(
        (one) => one.hash === hash,
      );
    expect((await send('DELETE', `/v1/node/${hash}`)).status).toBe(204);
    expect(await shown()).toMatchObject({ disabled: true });
    const restored = await send('PATCH', `/v1/node/${hash}`);
    expect([restored.status, restored.json]).toEqual([200, { hash, disabled: false }]);
    expect((await send('PATCH', `/v1/node/${hash}`, { body: {} })).status).toBe(200);
    expect((await send('POST', `/v1/node/${hash}/drain`)).status).toBe(204);
    expect(await shown()).toMatchObject({ disabled: false, draining: true });
  });

  it('of another tenant is not found, and its hash not free', async () => {
    for (const [method, rest] of [
      ['DELETE', ''],
      ['PATCH', ''],
      ['POST', '/drain'],
    ] as const) {
      const answer = await send(method, `/v1/node/${hash}${rest}`, { token: await stranger() });
      expectProblem(answer, 404, 'NODE_NOT_FOUND');
    }
    const taken = await send('POST', `/v1/node/${hash}`, { token: await stranger() });
    expectProblem(taken, 409, 'NODE_ALREADY_ENROLLED');
  });

  it('has a UUID for its hash', async () => {
    expectProblem(await send('POST', '/v1/node/my-laptop'), 400, 'INVALID_ID');
  });

  it('is refused with unknown members', async () => {
    const answer = await send('POST', `/v1/node/${hash}`, { body: { name: 'x' } });
    expectProblem(answer, 422, 'VALIDATION_FAILED');
  });
});
