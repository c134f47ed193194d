import { eventually, openPool } from '@greencloud/testing';
import type { Pool } from 'pg';
import { checkAll } from './check/check-all.ts';
import type { Finding } from './check/finding.ts';
import { targetsHarmed } from './check/targets-harmed.ts';
import { heal } from './heal.ts';
import { readContents, readLog, readViews } from './history/collect.ts';
import type { Evidence } from './history/evidence.ts';
import type { Operation } from './history/operation.ts';
import { type Api, openApi } from './load/api.ts';
import { runLoad, uploadLambdas } from './load/load.ts';
import { allFaults, type Arsenal } from './nemesis/all-faults.ts';
import { runNemesis, type Struck } from './nemesis/nemesis.ts';
import type { ChaosOptions } from './options.ts';
import { createRandom } from './random.ts';
import { storiesOf } from './report/stories.ts';
import { type ChaosStack, startChaosStack } from './servers/chaos-stack.ts';
import { keepLogs } from './servers/keep-logs.ts';
import { addNode, offersOf } from './servers/nodes.ts';
import { addSecondReplicas, type Doors } from './servers/second-replicas.ts';

export type ChaosResult = {
  readonly operations: readonly Operation[];
  readonly arsenal: Arsenal;
  readonly struck: readonly Struck[];
  readonly events: number;
  readonly tasks: number;
  /** From the end of load and harm until everything accepted had ended and was seen. */
  readonly healedMs: number;
  readonly findings: readonly Finding[];
  /** What is known of tasks that a violation names; empty where there is none. */
  readonly stories: string;
};

export type Say = (line: string) => void;

/** It knows its own scheduler only; the nodes that we add find either. */
const NODES_OF_STACK = 1;
const ANSWER_LIMIT_MS = 60_000;

/** One run: start, load under harm, heal, look. */
export async function runChaos(options: ChaosOptions, say: Say): Promise<ChaosResult> {
  const chaos = await startChaosStack(NODES_OF_STACK);
  try {
    const doors = await addSecondReplicas(chaos);
    const api = openApi(doors.edgeUrls, (await chaos.stack.file()).tokens.demo);
    const largeNodes = await addNodes(chaos, api, doors);
    say('the stack is up');
    const { operations, struck, arsenal } = await harm(chaos, api, options, say);
    const nodes = await offersWhenAnswered(api, largeNodes);
    await using database = disposable(chaos.databaseUrl);
    const { healedMs, finding } = await heal(database.pool);
    say(`healed after ${Math.round(healedMs)} ms`);
    const evidence = { operations, nodes, ...(await collect(database.pool)) };
    await api.close();
    const tasks = new Set(evidence.log.map(({ taskId }) => taskId)).size;
    const events = evidence.log.length;
    const findings = [finding, ...checkAll(evidence), targetsHarmed(struck, options.minutes)];
    return {
      operations,
      arsenal,
      struck,
      events,
      tasks,
      healedMs,
      findings,
      stories: storiesOf(evidence, findings),
    };
  } finally {
    if (options.logs !== undefined) await keepLogs(chaos, options.logs);
    await chaos.close();
  }
}

/** Two of each size; gives the large ones. */
async function addNodes(chaos: ChaosStack, api: Api, doors: Doors): Promise<string[]> {
  const add = (size: 'small' | 'large') => addNode(chaos, api, size, doors);
  const [one, other] = await Promise.all([add('large'), add('large'), add('small'), add('small')]);
  return [one, other];
}

async function harm(chaos: ChaosStack, api: Api, options: ChaosOptions, say: Say) {
  const random = createRandom(options.seed);
  const signal = AbortSignal.timeout(options.minutes * 60_000);
  const lambdaIds = await uploadLambdas(api);
  const load = runLoad({ api, lambdaIds, clients: options.clients, random, signal });
  const arsenal = allFaults(chaos);
  const nemesis = runNemesis({
    faults: arsenal.faults,
    lanes: 2,
    random: random.fork('nemesis'),
    signal,
    onStruck: ({ fault, startedAt, endedAt }) =>
      say(`${fault.target} ${fault.harm} (${endedAt - startedAt} ms)`),
  });
  const [operations, struck] = await Promise.all([load, nemesis]);
  return { operations, struck, arsenal };
}

async function offersWhenAnswered(api: Api, largeNodes: readonly string[]) {
  return eventually(() => offersOf(api, largeNodes), { timeoutMs: ANSWER_LIMIT_MS, everyMs: 200 });
}

async function collect(pool: Pool): Promise<Pick<Evidence, 'log' | 'views' | 'contents'>> {
  const log = await readLog(pool);
  return { log, views: await readViews(pool), contents: await readContents(pool) };
}

function disposable(databaseUrl: string) {
  const pool = openPool(databaseUrl);
  return { pool, [Symbol.asyncDispose]: () => pool.end() };
}
