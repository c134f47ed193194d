import { type StackProcess, withStack } from '@greencloud/testing';
import type { WatchedProcess } from '../processes/watch-processes.ts';
import { uploadNoOpLambda } from './no-op-lambda.ts';
import { requireDurable } from './postgres-server.ts';
import type { RunningSystem } from './system.ts';

/** As many as `npm start` brings up. */
const NODES = 2;

/** What is not ours among the processes of the stack. */
const SERVERS: ReadonlySet<string> = new Set(['postgres', 'nats-server']);

/** Starts our whole stack as `npm start` does, with a no-op lambda of the load's own in it. */
export async function startOurs(): Promise<RunningSystem> {
  await using starting = new AsyncDisposableStack();
  const stack = starting.use(await withStack({ nodes: NODES }));
  const { edgeUrl, databaseUrl, processes, tokens } = await stack.file();
  await requireDurable(databaseUrl);
  const lambdaId = await uploadNoOpLambda(edgeUrl, tokens.demo);

  const started = starting.move();
  const { supervisor } = stack;
  return {
    door: {
      baseUrl: edgeUrl,
      token: tokens.demo,
      body: { lambdaId, timeout: 10, inlinePayload: '{"n":1}' },
    },
    processes: [
      ...processes.map(watched),
      { name: 'supervisor', kind: 'server', pid: supervisor.pid },
    ],
    output: () => supervisor.output(),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

function watched({ service, replica, pid }: StackProcess): WatchedProcess {
  const kind = SERVERS.has(service) ? 'server' : 'service';
  return { name: `${service} ${replica}`, kind, pid };
}
