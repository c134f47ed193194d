import { setTimeout as sleep } from 'node:timers/promises';
import type { TaskEvent } from '@greencloud/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RestClient } from '../client.ts';
import { type Pair, startPair } from '../recovery/pair.ts';
import { type Tenant, useSharedStack } from '../shared/shared-stack.ts';
import { behindTheCatalog, type Changer, throughTheDoor } from './changers.ts';
import { type Shot, startHammer } from './hammer.ts';
import { brokenPromises, type Change, type Outcome, type Terms } from './promises.ts';

const stack = useSharedStack();

describe('tasks that are sent without a pause over two edges and two catalogs', () => {
  let tenant: Tenant;
  let clients: RestClient[];
  let catalogs: Pair;
  let edges: Pair;

  beforeAll(async () => {
    tenant = await stack().tenant();
    catalogs = await startPair(stack(), 'lambda-catalog');
    edges = await startPair(stack(), 'edge', { GC_LAMBDA_CATALOG_ADDRESS: catalogs.addresses });
    clients = edges.urls.map((url) => stack().client(tenant.token, url));
  }, 120_000);
  afterAll(async () => {
    await edges?.[Symbol.asyncDispose]();
    await catalogs?.[Symbol.asyncDispose]();
  });

  it('follow every change from its answer on: pause, code, demands, deletion', async () => {
    const lambdaId = await newLambda();
    const { changes, shots } = await hammered(lambdaId, throughTheDoor(clients, lambdaId), 12);
    const outcomes = await Promise.all(shots.map(outcomeOf));
    console.log(`lambda changes: ${changes.length} under ${shots.length} creates`);
    expect(brokenPromises(changes, outcomes)).toEqual([]);
    // The test saw something: each kind of refusal, and tasks of many versions.
    const seen = outcomes.map(({ terms }) => (typeof terms === 'string' ? terms : 'issued'));
    expect(new Set(seen)).toEqual(new Set(['issued', 'LAMBDA_PAUSED', 'LAMBDA_NOT_FOUND']));
    expect(new Set(outcomes.map(({ terms }) => JSON.stringify(terms))).size).toBeGreaterThan(12);
  });

  it('would not, were changes answered at their commit (control)', async () => {
    const lambdaId = await newLambda();
    await using changer = await behindTheCatalog(stack().known.databaseUrl, lambdaId);
    const { changes, shots } = await hammered(lambdaId, changer, 6);
    const broken = brokenPromises(changes, await Promise.all(shots.map(outcomeOf)));
    console.log(`lambda changes: ${broken.length} creates found too late, ${broken[0]}`);
    expect(broken).not.toEqual([]);
  });

  const newLambda = () =>
    tenant.createLambda('changing', 'export default () => 1', { memSize: 1, networkLatency: 1 });

  async function hammered(lambdaId: string, changer: Changer, rounds: number) {
    const hammer = startHammer({ clients, lambdaId, workers: 2, restMs: 4 });
    await sleep(100);
    const changes = await changeAgainAndAgain(changer, rounds);
    await sleep(100);
    await hammer.stop();
    // What came before the first change had no terms that are known.
    const begun = changes[0]?.answeredAt ?? 0;
    return { changes, shots: hammer.shots.filter(({ sentAt }) => sentAt > begun) };
  }

  async function outcomeOf(shot: Shot): Promise<Outcome> {
    if (shot.status !== 201) return { shot, terms: shot.said as Terms };
    const [issued] = (await tenant.history(shot.said)) as readonly TaskEvent[];
    if (issued?.type !== 'TaskIssued') throw new Error(`${shot.said} begins with ${issued?.type}`);
    const { codeVersion, capabilities } = issued;
    return { shot, terms: { codeVersion, memSize: capabilities.memSize } };
  }
});

async function changeAgainAndAgain(changer: Changer, rounds: number): Promise<Change[]> {
  const changes: Change[] = [];
  async function change(what: string, act: () => Promise<Terms>) {
    const sentAt = performance.now();
    const terms = await act();
    changes.push({ what, sentAt, answeredAt: performance.now(), terms });
    // Long enough for some creates of each worker.
    await sleep(20);
  }
  let codeVersion = '';
  let memSize = 1;
  const runs = () => ({ codeVersion, memSize });
  await change('the first code', async () => {
    codeVersion = await changer.putCode();
    return runs();
  });
  for (let round = 1; round <= rounds; round += 1) {
    await change('code', async () => {
      codeVersion = await changer.putCode();
      return runs();
    });
    await change('a pause', async () => {
      await changer.togglePause();
      return 'LAMBDA_PAUSED';
    });
    await change('its end', async () => {
      await changer.togglePause();
      return runs();
    });
    await change('demands', async () => {
      memSize += 1;
      await changer.setMemSize(memSize);
      return runs();
    });
  }
  await change('the deletion', async () => {
    await changer.remove();
    return 'LAMBDA_NOT_FOUND';
  });
  return changes;
}
