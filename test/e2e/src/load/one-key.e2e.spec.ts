import { randomUUID } from 'node:crypto';
import type { TestProcess } from '@greencloud/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RestClient } from '../client.ts';
import { lambdaCode } from '../lambda-code.ts';
import { openLogHeads } from '../log-heads.ts';
import { startReplica } from '../own-processes.ts';
import type { Tenant } from '../shared/running-stack.ts';
import { useSharedStack } from '../shared/shared-stack.ts';

const stack = useSharedStack();
const creates = 1_000;

describe(`${creates} creates at once with one idempotency key`, { timeout: 60_000 }, () => {
  let tenant: Tenant;
  let lambdaId: string;
  let second: { readonly log: TestProcess; readonly edge: TestProcess };

  beforeAll(async () => {
    tenant = await stack().tenant();
    lambdaId = await tenant.createLambda('echo', await lambdaCode('echo'));
    const log = await startReplica(stack(), 'task-command');
    const address = { GC_TASK_COMMAND_ADDRESS: log.ready.grpc ?? '' };
    second = { log, edge: await startReplica(stack(), 'edge', address) };
  }, 60_000);
  afterAll(async () => {
    await second?.edge.stop();
    await second?.log.stop();
  });

  /** Sends all of them, in turn to each client, and gives the distinct answers. */
  async function flood(clients: readonly RestClient[]) {
    const key = { 'idempotency-key': randomUUID() };
    const body = { lambdaId, timeout: 10, inlinePayload: 'once' };
    const answers = await Promise.all(
      Array.from({ length: creates }, async (_, i) =>
        clients[i % clients.length]?.call('POST', '/v1/task', { body, headers: key }),
      ),
    );
    const fresh = answers.filter((answer) => answer?.headers['idempotent-replayed'] === undefined);
    const distinct = new Set(answers.map((answer) => `${answer?.status} ${answer?.text}`));
    return { distinct: [...distinct], fresh: fresh.length };
  }

  async function expectOneTask(clients: readonly RestClient[]): Promise<void> {
    const before = await idsOf();
    const { distinct, fresh } = await flood(clients);
    console.log(`one key: ${creates} creates, ${distinct.length} answer, ${fresh} not replayed`);
    expect(distinct).toEqual([expect.stringMatching(/^201 \{"id":"[0-9a-f]{24}"\}$/)]);
    expect(fresh).toBe(1);
    const id = distinct[0]?.slice(-26, -2) ?? '';
    await tenant.result(id);
    expect((await idsOf()).filter((each) => !before.includes(each))).toEqual([id]);
    expect((await tenant.history(id)).filter(({ type }) => type === 'TaskIssued')).toHaveLength(1);
  }

  /** From the log itself: the list may lag. */
  async function idsOf(): Promise<string[]> {
    await using heads = await openLogHeads(stack().known.databaseUrl);
    return await heads.tasksOf(tenant.tenantId);
  }

  it('are one task', async () => {
    await expectOneTask([stack().client(tenant.token, undefined, creates)]);
  });

  it('are one task over two edge and two task-command replicas', async () => {
    const clients = [undefined, second.edge.ready.http].map((url) =>
      stack().client(tenant.token, url, creates / 2),
    );
    await expectOneTask(clients);
    // The control: the second log did decide on some of them.
    const decided = await decidedBy(second.log);
    console.log(`one key: the second task-command decided on ${decided} commands`);
    expect(decided).toBeGreaterThan(0);
  });
});

/** Commands of any outcome. */
async function decidedBy({ ready }: TestProcess): Promise<number> {
  const text = await (await fetch(`${ready.admin}/metrics`)).text();
  const outcomes = [...text.matchAll(/^greencloud_append_outcomes_total\{.*\} (\d+)$/gm)];
  return outcomes.reduce((sum, [, count]) => sum + Number(count), 0);
}
