import { randomUUID } from 'node:crypto';
import { createGrpcClient } from '@greencloud/grpc';
import { LambdaCatalogServiceClient } from '@greencloud/proto/lambda/v1/lambda_catalog';
import { Isolation } from '@greencloud/proto/node/v1/node';
import { eventually } from '@greencloud/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { otherTenantId, tenantId, type TestScheduler, TestStack } from './testing/test-stack.ts';

let stack: TestStack;
let scheduler: TestScheduler;

beforeAll(async () => {
  stack = await TestStack.start();
  scheduler = await stack.scheduler();
});
afterEach(() => stack.endNodes());
afterAll(() => stack[Symbol.asyncDispose]());

const keyOf = ({ options }: { options: { nodeId: string } }) => ({
  tenantId,
  nodeId: options.nodeId,
});

describe('a login', () => {
  it('gets a session with the times of the protocol and an epoch that rises', async () => {
    const login = await stack.enrol(scheduler);
    const first = await stack.connect(login);
    const second = await stack.connect(login);
    expect(first.epoch).toBe(1n);
    expect(second.epoch).toBe(2n);
  });

  it.each([
    ['a wrong token', async () => ({ ...(await stack.enrol(scheduler)), token: 'wrong' })],
    ['no token', async () => ({ ...(await stack.enrol(scheduler)), token: '' })],
    [
      "another node's token",
      async () => {
        const [mine, other] = [await stack.enrol(scheduler), await stack.enrol(scheduler)];
        return { ...mine, token: other.token };
      },
    ],
    [
      'a node that is not enrolled',
      async () => ({ ...(await stack.enrol(scheduler)), nodeId: randomUUID() }),
    ],
  ])('is refused with %s', async (_, login) => {
    await expect(stack.connect(await login())).rejects.toMatchObject({ code: 'NEEDS_LOGIN' });
  });

  it('is refused for a disabled node, until it is restored', async () => {
    const login = await stack.enrol(scheduler);
    const key = { tenantId, nodeId: login.nodeId };
    await scheduler.admin.unary('disableNode', { key });
    await expect(stack.connect(login)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await scheduler.admin.unary('restoreNode', { key });
    expect((await stack.connect(login)).epoch).toBeGreaterThan(0n);
  });

  it('keeps no token: only its hash is stored', async () => {
    const { token, nodeId } = await stack.enrol(scheduler);
    const { rows } = await stack.database.pool.query(
      'select row_to_json(node)::text as text from scheduler.node where node_id = $1',
      [nodeId],
    );
    expect(rows[0].text).not.toContain(token);
    expect(scheduler.process.output()).not.toContain(token);
  });

  it('of the same node ends the session before, which keeps no work', async () => {
    const login = await stack.enrol(scheduler);
    const first = await stack.connect(login);
    const assignment = await first.assignment(await stack.issue());
    const { taskId, attempt } = assignment;
    const second = await stack.connect({ ...login, running: [{ taskId, attempt }] });
    await eventually(() => expect(first.end).toMatchObject({ code: 'CONFLICT' }));
    await second.acked(await second.finish(assignment));
    expect(await stack.types(taskId)).not.toContain('TaskReleased');
  });
});

describe('enrolling', () => {
  it("refuses another tenant's node and tells nothing of it", async () => {
    const { nodeId } = await stack.enrol(scheduler);
    await expect(stack.enrol(scheduler, nodeId, otherTenantId)).rejects.toMatchObject({
      code: 'NODE_ALREADY_ENROLLED',
    });
    const key = { tenantId: otherTenantId, nodeId };
    for (const act of ['disableNode', 'restoreNode', 'drainNode'] as const) {
      await expect(scheduler.admin.unary(act, { key })).rejects.toMatchObject({
        code: 'NODE_NOT_FOUND',
      });
    }
  });

  it("one's own node again makes a new token and ends the session of the old one", async () => {
    const login = await stack.enrol(scheduler);
    const node = await stack.connect(login);
    const again = await stack.enrol(scheduler, login.nodeId);
    await eventually(() => expect(node.end).toMatchObject({ code: 'NEEDS_LOGIN' }));
    await expect(stack.connect(login)).rejects.toMatchObject({ code: 'NEEDS_LOGIN' });
    expect((await stack.connect(again)).epoch).toBeGreaterThan(node.epoch);
  });
});

describe('disabling a node', () => {
  it('stops its work, ends its session and gives the task to another node', async () => {
    const node = await stack.node(scheduler);
    const taskId = await stack.issue();
    await node.assignment(taskId);
    await scheduler.admin.unary('disableNode', { key: keyOf(node) });
    await eventually(() => expect(node.end).toMatchObject({ code: 'FORBIDDEN' }));
    expect(node.fenced).toEqual([{ taskId, attempt: 1 }]);
    const other = await stack.node(scheduler);
    expect((await other.assignment(taskId)).attempt).toBe(2);
  });
});

describe('draining a node', () => {
  it('lets it finish and gives it nothing new until it is restored', async () => {
    const node = await stack.node(scheduler, { capabilities: { slots: 2 } });
    const running = await node.assignment(await stack.issue());
    await scheduler.admin.unary('drainNode', { key: keyOf(node) });
    await eventually(() => node.drains === 1);
    const waiting = await stack.issue();
    await node.acked(await node.finish(running));
    expect(node.assignments).toHaveLength(1);
    await scheduler.admin.unary('restoreNode', { key: keyOf(node) });
    await node.assignment(waiting);
  });

  it('outlasts its session', async () => {
    const login = await stack.enrol(scheduler);
    await scheduler.admin.unary('drainNode', { key: { tenantId, nodeId: login.nodeId } });
    const node = await stack.connect(login);
    await eventually(() => node.drains === 1);
  });

  it('by itself, as at its end, gives back at once what it does not finish', async () => {
    const node = await stack.node(scheduler);
    const taskId = await stack.issue();
    await node.assignment(taskId);
    await node.leave();
    await eventually(() => node.end === 'ended');
    expect(await stack.reaches(taskId, 'issued', 1_000)).toMatchObject({ nodeLosses: 0 });
    await stack.cancel(taskId);
  });
});

describe('the list of nodes', () => {
  const mine = async () => (await scheduler.admin.unary('listNodes', { tenantId })).nodes;

  it('shows what they offer, whether they are there, and how many tasks they run', async () => {
    const node = await stack.node(scheduler, { capabilities: { slots: 3 } });
    await node.assignment(await stack.issue());
    const seen = await eventually(async () => {
      const view = (await mine()).find(({ nodeId }) => nodeId === node.options.nodeId);
      return view?.running === 1 && view;
    });
    expect(seen).toMatchObject({ available: true, disabled: false, draining: false });
    expect(seen.capabilities?.slots).toBe(3);
    expect(Number(seen.lastSeenAt)).toBeGreaterThan(Date.now() - 60_000);
    await scheduler.admin.unary('disableNode', { key: keyOf(node) });
    const disabled = (await mine()).find(({ nodeId }) => nodeId === node.options.nodeId);
    expect(disabled).toMatchObject({ available: false, disabled: true });
  });

  it("does not show another tenant's", async () => {
    const { nodeId } = await stack.enrol(scheduler, randomUUID(), otherTenantId);
    expect((await mine()).map((node) => node.nodeId)).not.toContain(nodeId);
  });

  it('counts those that are connected as free or busy', async () => {
    const owner = '5f00000000000000000000aa';
    const login = await stack.enrol(scheduler, randomUUID(), owner);
    await stack.enrol(scheduler, randomUUID(), owner);
    const node = await stack.connect(login);
    const counts = () => scheduler.admin.unary('countNodes', { tenantId: owner });
    expect(await counts()).toEqual({ active: 1, free: 1, busy: 0 });
    const assignment = await node.assignment(await stack.issue());
    await eventually(async () => expect(await counts()).toEqual({ active: 1, free: 0, busy: 1 }));
    await node.finish(assignment);
  });
});

describe('code', () => {
  it('is handed out to a node that has a task which runs it, and to no other', async () => {
    const codeVersion = await upload('export default () => 42');
    const node = await stack.node(scheduler);
    await expect(node.code(codeVersion)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const assignment = await node.assignment(await stack.issue({ codeVersion }));
    expect(await node.code(codeVersion)).toBe('export default () => 42');
    const idle = await stack.node(scheduler);
    await expect(idle.code(codeVersion)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await node.acked(await node.finish(assignment));
    await eventually(() =>
      expect(node.code(codeVersion)).rejects.toMatchObject({ code: 'FORBIDDEN' }),
    );
  });

  it('is refused without a token', async () => {
    const login = { ...(await stack.enrol(scheduler)), token: 'wrong' };
    const node = stack.stranger(login);
    const refused = node.code('64058fee9956fae80d7e0e8f');
    await expect(refused).rejects.toMatchObject({ code: 'NEEDS_LOGIN' });
  });

  async function upload(code: string): Promise<string> {
    const catalog = createGrpcClient(LambdaCatalogServiceClient, stack.catalogAddress);
    const { lambdaId } = await catalog.unary('createLambda', {
      tenantId,
      requestId: randomUUID(),
      name: 'answer',
      description: '',
      tags: [],
      scmUrl: '',
      lang: 'js',
      type: 'module',
    });
    const key = { tenantId, lambdaId };
    const { codeVersion } = await catalog.unary('putCode', { key, code: Buffer.from(code) });
    catalog.close();
    return codeVersion;
  }
});

describe('a node without a sandbox', () => {
  it('gets the code of the tenants that it trusts, and of no other', async () => {
    const node = await stack.node(scheduler, {
      capabilities: { isolation: Isolation.ISOLATION_PROCESS, trustedTenants: [otherTenantId] },
    });
    const foreign = await stack.issue();
    const trusted = await stack.issue({ tenantId: otherTenantId });
    expect((await node.assignment()).taskId).toBe(trusted);
    await eventually(async () => {
      const key = { tenantId, taskId: foreign };
      const { reasons } = await scheduler.admin.unary('explainWaiting', key);
      expect(reasons).toEqual([{ nodes: 1, reason: 'tenant not trusted' }]);
    });
    await stack.cancel(foreign);
  });
});
