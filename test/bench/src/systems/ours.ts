import { type StackProcess, withStack } from '@greencloud/testing';
import type { WatchedProcess } from '../processes/watch-processes.ts';
import { uploadNoOpLambda } from './no-op-lambda.ts';
import { requireDurable } from './postgres-server.ts';
import type { RunningSystem, Say } from './system.ts';

/** As many as `npm start` brings up. */
const NODES = 2;

/** What is not ours among the processes of the stack. */
const SERVERS: ReadonlySet<string> = new Set(['postgres', 'nats-server']);

export type Ours = RunningSystem & { readonly databaseUrl: string; readonly dataDir: string };

/**
 * Starts our whole stack as `npm start` does, with a no-op lambda of the load's own in it, on an
 * empty folder or on what an earlier one has left in its own.
 */
export async function startOurs(say: Say, dataDir?: string): Promise<Ours> {
  await using starting = new AsyncDisposableStack();
  const stack = starting.use(await withStack({ nodes: NODES, ...(dataDir && { dataDir }) }));
  const { edgeUrl, databaseUrl, processes, tokens } = await stack.file();
  await requireDurable(databaseUrl);
  passOnWarnings(stack.supervisor.output(), say);
  const lambdaId = await uploadNoOpLambda(edgeUrl, tokens.demo);

  const started = starting.move();
  const { supervisor } = stack;
  return {
    door: {
      baseUrl: edgeUrl,
      token: tokens.demo,
      body: { lambdaId, timeout: 10, inlinePayload: '{"n":1}' },
    },
    databaseUrl,
    dataDir: stack.dataDir,
    processes: [
      ...processes.map((each) => watched(each, processes)),
      { name: 'supervisor', kind: 'server', pid: supervisor.pid },
    ],
    output: () => supervisor.output(),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

/** Of all that the stack says while it comes up: a sandbox that is missing makes tasks cheaper. */
function passOnWarnings(output: string, say: Say): void {
  for (const line of output.split('\n')) {
    if (line.includes('WARNING')) say(line.trim());
  }
}

function watched(one: StackProcess, all: readonly StackProcess[]): WatchedProcess {
  const { service, replica, pid } = one;
  const replicas = all.filter((other) => other.service === service).length;
  const name = replicas === 1 ? service : `${service} ${replica}`;
  return { name, kind: SERVERS.has(service) ? 'server' : 'service', pid };
}
