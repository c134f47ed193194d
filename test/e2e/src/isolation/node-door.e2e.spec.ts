import { randomUUID } from 'node:crypto';
import type { JsonObject } from '@bufbuild/protobuf';
import { beforeAll, describe, expect, it } from 'vitest';
import { enrol } from '../own-processes.ts';
import { allRpcs } from '../rpc/contracts.ts';
import { rpcClient } from '../rpc/rpc-client.ts';
import { newId, type Tenant, useSharedStack } from '../shared/shared-stack.ts';
import type { LogHeads } from '../log-heads.ts';
import { useForeignWorld } from './world-fixture.ts';
import { leaksIn, type World } from './world.ts';

const stack = useSharedStack();
const stranger = useForeignWorld(stack);
const rpcs = allRpcs().filter(({ service }) => service.name === 'NodeService');
const rpc = (name: string) => {
  const found = rpcs.find(({ method }) => method.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

/** A node speaks for itself only. */
describe('isolation: the door of the nodes', () => {
  let owner: Tenant;
  let foreign: World;
  let heads: LogHeads;
  let node: { hash: string; token: string };
  let renewed: { hash: string; token: string; first: string };
  let disabled: { hash: string; token: string };

  beforeAll(async () => {
    owner = await stack().tenant();
    [node, disabled] = [await enrol(owner), await enrol(owner)];
    const once = await enrol(owner);
    const again = await owner.call('POST', `/v1/node/${once.hash}`, { body: {} });
    renewed = { ...once, first: once.token, token: again.json<{ token: string }>().token };
    await owner.call('DELETE', `/v1/node/${disabled.hash}`);
    ({ foreign, heads } = stranger());
  });

  const hello = (nodeId: string, running: readonly JsonObject[] = []): JsonObject => ({
    hello: {
      nodeId,
      bootId: randomUUID(),
      // Too far away and too small for any task.
      capabilities: { cpuCount: 1, memSize: 1, networkLatency: 100_000, slots: 1 },
      running: [...running],
    },
  });

  async function door(token: string | undefined) {
    const { known } = stack();
    const metadata: Record<string, string> = token === undefined ? {} : { authorization: token };
    return rpcClient(known.nodeDoor, { caFile: known.tls.caFile }, metadata);
  }

  /** Until the answer to the last message: Welcome to Hello, an ack or a fence to the others. */
  async function connect(token: string | undefined, messages: readonly JsonObject[]) {
    const until = messages.length > 1 ? /"(reportAcks|fencings)"/ : /"welcome"/;
    const client = await door(token);
    const answer = await client.converse(rpc('Connect'), messages, until);
    client.close();
    return answer;
  }

  async function getCode(token: string | undefined, codeVersion: string) {
    const client = await door(token);
    const answer = await client.call(rpc('GetCode'), { codeVersion });
    client.close();
    return answer;
  }

  it('knows every method of NodeService', () => {
    expect(rpcs.map(({ method }) => method.name)).toEqual(['Connect', 'GetCode']);
  });

  it('lets a node in by its token', async () => {
    for (const { hash, token } of [node, renewed]) {
      expect((await connect(token, [hello(hash)])).text).toContain('"welcome"');
    }
  });

  it.each<[string, () => string | undefined, () => string, string]>([
    ['no token', () => undefined, () => node.hash, 'NEEDS_LOGIN'],
    ['an empty token', () => '', () => node.hash, 'NEEDS_LOGIN'],
    ['noise', () => 'x'.repeat(43), () => node.hash, 'NEEDS_LOGIN'],
    ['the token of another node of its owner', () => renewed.token, () => node.hash, 'NEEDS_LOGIN'],
    ['the token of another tenant’s node', () => foreign.nodeToken, () => node.hash, 'NEEDS_LOGIN'],
    [
      'its own token for another tenant’s node',
      () => node.token,
      () => foreign.node,
      'NEEDS_LOGIN',
    ],
    ['its own token for a node that nobody has', () => node.token, randomUUID, 'NEEDS_LOGIN'],
    ['a token that was replaced', () => renewed.first, () => renewed.hash, 'NEEDS_LOGIN'],
    ['the owner’s access token', () => owner.token, () => node.hash, 'NEEDS_LOGIN'],
    ['a disabled node’s token', () => disabled.token, () => disabled.hash, 'FORBIDDEN'],
    ['a node id that is none', () => node.token, () => 'x', 'INVALID_ID'],
    ['an empty node id', () => node.token, () => '', 'INVALID_ID'],
  ])('refuses Connect with %s', async (_, token, hash, code) => {
    const answer = await connect(token(), [hello(hash())]);
    expect(answer.code).toBe(code);
    expect(answer.text).not.toContain('welcome');
    const sent = foreign.node;
    expect(
      leaksIn(
        { headers: {}, text: answer.text },
        foreign.secrets.filter((s) => s !== sent),
      ),
    ).toEqual([]);
  });

  it('wants Hello first', async () => {
    const answer = await connect(node.token, [{ heartbeat: { sequence: '1' } }]);
    expect(answer.code).toBe('VALIDATION_FAILED');
  });

  const kinds: Record<string, JsonObject> = {
    accepted: { accepted: {} },
    progress: { progress: { percent: 99 } },
    finish: {
      finish: {
        outcome: 'TASK_OUTCOME_SUCCEEDED',
        status: 200,
        result: { contentType: 'text/plain', body: Buffer.from('forged').toString('base64') },
      },
    },
    release: { release: { reason: 'RELEASE_REASON_REFUSED' } },
  };

  it.each(
    Object.keys(kinds).flatMap((kind) =>
      (['finished', 'failed', 'cancelled', 'running'] as const).map((state) => ({ kind, state })),
    ),
  )(
    'writes nothing when a node reports $kind of a $state task that is not its own',
    async ({ kind, state }) => {
      await heads.mark();
      const taskId = foreign.tasks[state];
      const report = { sequence: '1', taskId, attempt: 1, ...kinds[kind] };
      const { text } = await connect(node.token, [
        hello(node.hash),
        { reports: { reports: [report] } },
      ]);
      expect(text).toContain('"welcome"');
      // It may be told to stop what it spoke of, by the id that it sent, and no more.
      const others = foreign.secrets.filter((secret) => secret !== taskId);
      expect(leaksIn({ headers: {}, text }, others)).toEqual([]);
      expect(await heads.writers()).toEqual([]);
    },
  );

  it('gives a node nothing for claiming that it runs another’s task', async () => {
    await heads.mark();
    const claim = { taskId: foreign.tasks.running, attempt: 1 };
    const { text } = await connect(node.token, [
      hello(node.hash, [claim]),
      { heartbeat: { sequence: '1' } },
    ]);
    expect(text).toMatch(/"fencings".*"welcome"|"welcome"[\s\S]*"fencings"/);
    const others = foreign.secrets.filter((secret) => secret !== claim.taskId);
    expect(leaksIn({ headers: {}, text }, others)).toEqual([]);
    expect(await heads.writers()).toEqual([]);
  });

  it.each<[string, () => string | undefined, () => string]>([
    ['of a task that it was never given', () => node.token, () => foreign.codeVersion],
    ['that nobody has', () => node.token, newId],
    ['that is none', () => node.token, () => 'x'],
    ['without a token', () => undefined, () => foreign.codeVersion],
    ['with an access token', () => owner.token, () => foreign.codeVersion],
    ['with the token of a disabled node', () => disabled.token, () => foreign.codeVersion],
  ])('gives no code %s', async (_, token, version) => {
    const sent = version();
    const { code, text } = await getCode(token(), sent);
    expect(['NEEDS_LOGIN', 'FORBIDDEN', 'LAMBDA_NOT_FOUND', 'INVALID_ID']).toContain(code);
    const others = foreign.secrets.filter((secret) => secret !== sent);
    expect(leaksIn({ headers: {}, text }, others)).toEqual([]);
  });

  it('has changed nothing of the other tenant’s', async () => {
    expect(await foreign.view()).toEqual(stranger().before);
  });
});
