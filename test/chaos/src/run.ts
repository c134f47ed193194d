import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, openPool } from '@greencloud/testing';
import type { Pool } from 'pg';
import { checkAll } from './check/check-all.ts';
import { endsOf } from './check/ends.ts';
import { faultsStruck } from './check/faults-struck.ts';
import type { Finding } from './check/finding.ts';
import { targetsHarmed } from './check/targets-harmed.ts';
import { heal } from './heal.ts';
import { readContents, readLog, readViews } from './history/collect.ts';
import type { Evidence } from './history/evidence.ts';
import type { Operation } from './history/operation.ts';
import { readLogs } from './history/process-logs.ts';
import { runPrograms } from './history/programs.ts';
import { type Api, openApi } from './load/api.ts';
import { listAll } from './load/list-all.ts';
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
  /** Of each task: its lambda, and how it ended. */
  readonly ends: readonly string[];
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
/** Longer than any call lasts that does not wait for an end. */
const LAST_CALLS_MS = 16_000;
/** What is still waited for that long after everything has ended is waited for in vain. */
const LAST_WAITS_MS = 20_000;

/** One run: start, load under harm, heal, look. */
export async function runChaos(options: ChaosOptions, say: Say): Promise<ChaosResult> {
  const chaos = await startChaosStack(NODES_OF_STACK);
  try {
    const doors = await addSecondReplicas(chaos);
    const api = openApi(doors.edgeUrls, (await chaos.stack.file()).tokens.demo);
    const largeNodes = await addNodes(chaos, api, doors);
    say('the stack is up');
    await using database = disposable(chaos.databaseUrl);
    const { load, patience, struck, arsenal } = await harm(chaos, api, options, say);
    await atMost(LAST_CALLS_MS, load);
    const { healedMs, finding } = await heal(database.pool);
    say(`healed after ${Math.round(healedMs)} ms`);
    await atMost(LAST_WAITS_MS, load);
    patience.abort();
    const operations = await load;
    const nodes = await offersWhenAnswered(api, largeNodes);
    const evidence = { operations, nodes, ...(await collect(database.pool, chaos, api)) };
    await api.close();
    const tasks = new Set(evidence.log.map(({ taskId }) => taskId)).size;
    const events = evidence.log.length;
    const findings = [
      finding,
      ...checkAll(evidence),
      targetsHarmed(struck, options.minutes),
      faultsStruck(arsenal.faults, struck, options.minutes),
    ];
    return {
      operations,
      arsenal,
      struck,
      events,
      tasks,
      ends: endsOf(evidence).map(({ lambda, finish }) => `${lambda} ${finish.outcome}`),
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

/** Resolves when all harm is taken back; some clients may still wait for an end then. */
async function harm(chaos: ChaosStack, api: Api, options: ChaosOptions, say: Say) {
  const random = createRandom(options.seed);
  const lambdaIds = await uploadLambdas(api);
  const signal = AbortSignal.timeout(options.minutes * 60_000);
  const patience = new AbortController();
  const { clients } = options;
  const load = runLoad({ api, lambdaIds, clients, random, signal, patience: patience.signal });
  const arsenal = allFaults(chaos);
  const nemesis = runNemesis({
    faults: arsenal.faults,
    lanes: 2,
    random: random.fork('nemesis'),
    signal,
    onStruck: ({ fault, startedAt, endedAt }) =>
      say(`${fault.target} ${fault.harm} (${endedAt - startedAt} ms)`),
  });
  // A load that fails ends the run at once.
  const struck = await Promise.race([nemesis, load.then(() => nemesis)]);
  return { load, patience, struck, arsenal };
}

async function atMost(ms: number, something: Promise<unknown>): Promise<void> {
  const limit = new AbortController();
  const late = sleep(ms, undefined, { signal: limit.signal }).catch(() => undefined);
  await Promise.race([something, late]).finally(() => limit.abort());
}

async function offersWhenAnswered(api: Api, largeNodes: readonly string[]) {
  return eventually(() => offersOf(api, largeNodes), { timeoutMs: ANSWER_LIMIT_MS, everyMs: 200 });
}

async function collect(
  pool: Pool,
  chaos: ChaosStack,
  api: Api,
): Promise<Omit<Evidence, 'operations' | 'nodes'>> {
  const log = await readLog(pool);
  const stored = { log, views: await readViews(pool), contents: await readContents(pool) };
  const listed = await listAll(api);
  const programs = await runPrograms(chaos);
  return { ...stored, listed, programs, logs: await readLogs(chaos) };
}

function disposable(databaseUrl: string) {
  const pool = openPool(databaseUrl);
  return { pool, [Symbol.asyncDispose]: () => pool.end() };
}
