import { fileURLToPath } from 'node:url';
import { startProcess } from '@greencloud/testing';
import { PEERS, type PeerName } from '../peers/catalog.ts';
import { startDurablePostgres } from './postgres-server.ts';
import { startRedis } from './redis-server.ts';
import type { RunningSystem } from './system.ts';

const ENTRY = fileURLToPath(new URL('../peers/main.ts', import.meta.url));

/** No peer looks at it; it makes the posted body as long as ours. */
const ANY_LAMBDA_ID = '64058fee9956fae80d7e0e8e';

/** Starts a peer's server, the process of its front door and the process of its worker. */
export async function startPeer(name: PeerName, path: string): Promise<RunningSystem> {
  await using starting = new AsyncDisposableStack();
  const kind = PEERS[name].server;
  const server = starting.use(
    kind === 'redis' ? await startRedis(path) : await startDurablePostgres(),
  );
  const env = { BENCH_SERVER_URL: server.url };
  const front = starting.use(await startProcess({ entry: ENTRY, args: [name, 'front'], env }));
  const worker = starting.use(await startProcess({ entry: ENTRY, args: [name, 'worker'], env }));
  const baseUrl = front.ready.http;
  if (baseUrl === undefined) throw new Error(`the front of ${name} gave no address`);

  const started = starting.move();
  return {
    door: { baseUrl, body: { lambdaId: ANY_LAMBDA_ID, timeout: 10, inlinePayload: '{"n":1}' } },
    processes: [
      { name: 'front', kind: 'service', pid: front.pid },
      { name: 'worker', kind: 'service', pid: worker.pid },
      { name: kind, kind: 'server', pid: server.pid },
    ],
    output: () => front.output() + worker.output(),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}
