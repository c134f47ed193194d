import type { TestProcess } from '@greencloud/testing';
import { startReplica } from '../own-processes.ts';
import type { SharedStack } from '../shared/running-stack.ts';

type Environment = Readonly<Record<string, string>>;

/** Two processes of a service beside those of the stack, as a deployment would have them. */
export interface Pair extends AsyncDisposable {
  readonly service: string;
  /** `host:port` of both, for who calls them. */
  readonly addresses: string;
  /** URLs of both, of an edge. */
  readonly urls: readonly string[];
  /** SIGTERM to one, then its successor at the same address, then the other. */
  roll(): Promise<void>;
}

export async function startPair(
  stack: SharedStack,
  service: string,
  env: Environment = {},
): Promise<Pair> {
  const running = [
    await startReplica(stack, service, env),
    await startReplica(stack, service, env),
  ];
  const places = running.map(({ ready }) => ready);
  return {
    service,
    addresses: places.map(({ grpc }) => grpc ?? '').join(','),
    urls: places.map(({ http }) => http ?? ''),
    async roll() {
      for (const [index, { grpc, http, nodes }] of places.entries()) {
        const address = {
          ...(grpc === undefined ? {} : { GC_GRPC_ADDRESS: grpc }),
          ...(nodes === undefined ? {} : { GC_NODE_ADDRESS: nodes }),
          ...(http === undefined ? {} : { GC_HTTP_ADDRESS: new URL(http).host }),
        };
        await running[index]?.stop();
        running[index] = await startReplica(stack, service, { ...env, ...address });
      }
    },
    [Symbol.asyncDispose]: async () => void (await Promise.all(running.map(stopOne))),
  };
}

function stopOne(process: TestProcess) {
  return process.stop();
}
