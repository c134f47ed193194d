import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPostgres } from '@greencloud/embedded';
import { eventually, runProcess, temporaryFolder, withStack } from '@greencloud/testing';
import { Client } from 'pg';
import { openDoor } from '../client/rest-door.ts';
import { uploadNoOpLambda } from '../systems/no-op-lambda.ts';
import { type Ours, startOurs } from '../systems/ours.ts';
import type { Say } from '../systems/system.ts';
import { copyTask } from './copy-task.ts';

/** Of which tasks there are many when the system starts. */
export type Grown = {
  readonly kind: 'waiting' | 'finished';
  readonly count: number;
  readonly check: 'on' | 'off';
};

/** Starts our stack on a log that has many tasks already: a real one is copied, services off. */
export async function startGrown({ kind, count, check }: Grown, say: Say): Promise<Ours> {
  await using starting = new AsyncDisposableStack();
  const folder = await temporaryFolder('bench-growth');
  starting.defer(() => folder.remove());
  const { taskId, database } = await makeOne(folder.path, kind);
  say(`copying a ${kind} task ${count} times`);
  await fill(folder.path, database, { taskId, count });
  // JetStream is a cache of the log: an empty stream goes on at the log's end.
  await rm(join(folder.path, 'nats'), { recursive: true, force: true });
  say('starting on them');
  const ours = starting.use(await startOurs(say, folder.path));

  if (check === 'on') {
    for (const program of ['verify', 'compare']) await runCheck(program, folder.path, say);
  }

  const started = starting.move();
  return { ...ours, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

/** A program of the local stack that fails when it finds something wrong. */
async function runCheck(program: string, dataDir: string, say: Say): Promise<void> {
  const entry = fileURLToPath(
    new URL(`../../../../deploy/local/src/${program}.ts`, import.meta.url),
  );
  const env = { GC_DATA_DIR: dataDir };
  const { code, output } = await runProcess({ entry, env, timeoutMs: 600_000 });
  if (code !== 0) throw new Error(`${program} ended with ${code}:\n${output}`);
  say(`${program}: ${output.trim().split('\n').at(-1)}`);
}

/** Nodes of the local stack are 10 ms away. */
const NO_NODE = { networkLatency: 1 };

/** A task that the product itself has made, with everything that belongs to it. */
async function makeOne(dataDir: string, kind: Grown['kind']) {
  await using stack = await withStack({ nodes: 1, dataDir });
  const { edgeUrl, databaseUrl, tokens } = await stack.file();
  const token = tokens.demo;
  const demand = kind === 'waiting' ? NO_NODE : {};
  const lambdaId = await uploadNoOpLambda(edgeUrl, token, demand);
  const body = { lambdaId, timeout: 10, inlinePayload: '{"n":1}' };
  const door = openDoor({ baseUrl: edgeUrl, token, body }, 1);
  try {
    const taskId = await door.post();
    if (kind === 'finished') await eventually(() => door.isFinished(taskId));
    await viewsHaveAll(databaseUrl);
    return { taskId, database: new URL(databaseUrl).pathname };
  } finally {
    await door.close();
  }
}

async function viewsHaveAll(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await eventually(async () => {
      const { rows } = await client.query(
        `select from task_command.partition_head h join projection.checkpoint c
         using (partition) where h.position <> c.position`,
      );
      return rows.length === 0;
    });
  } finally {
    await client.end();
  }
}

async function fill(
  dataDir: string,
  database: string,
  copy: { readonly taskId: string; readonly count: number },
): Promise<void> {
  const postgres = await startPostgres({ dataDir: join(dataDir, 'postgres'), durable: 'on' });
  const url = new URL(postgres.url);
  url.pathname = database;
  const client = new Client({ connectionString: url.href });
  try {
    await client.connect();
    await copyTask({ client, ...copy });
  } finally {
    await client.end();
    await postgres.stop();
  }
}
