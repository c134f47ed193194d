import { setTimeout as sleep } from 'node:timers/promises';
import {
  type OpenStack,
  serviceEntry,
  serviceEnvironment,
  startProcess,
  type TestProcess,
} from '@greencloud/testing';

export type Place = { readonly service: string; readonly replica: string };
export type Living = Place & { readonly pid: number };

/** Processes beside those of the stack: started again when they end, as the supervisor does it. */
export type Replicas = AsyncDisposable & {
  /** With the environment of the stack's own process of this service, changed by `env`. */
  add(place: Place, env: Readonly<Record<string, string>>): Promise<void>;
  /** Those that run now, the stack's own and these. */
  all(): Promise<Living[]>;
  /** What each of these has written, over all its lives; the stack's own have their log files. */
  outputs(): readonly (Place & { readonly text: string })[];
};

type Kept = Place & {
  current: TestProcess | undefined;
  readonly past: string[];
  done: Promise<void>;
};

export function openReplicas(stack: OpenStack): Replicas {
  const kept: Kept[] = [];
  const closing = new AbortController();
  return {
    add: async (place, env) => {
      const entry = serviceEntry(place.service);
      const environment = {
        ...(await serviceEnvironment(stack, place.service)),
        ...anyPort,
        ...env,
      };
      const launch = () => startProcess({ entry, env: environment, timeoutMs: 60_000 });
      const one: Kept = { ...place, current: await launch(), past: [], done: Promise.resolve() };
      one.done = keepRunning(one, launch, closing.signal);
      kept.push(one);
    },
    all: async () => {
      const own = (await stack.file()).processes;
      const ours = kept.flatMap(({ service, replica, current }) =>
        current === undefined ? [] : [{ service, replica, pid: current.pid }],
      );
      return [...own, ...ours];
    },
    outputs: () =>
      kept.map(({ service, replica, past, current }) => ({
        service,
        replica,
        text: [...past, current?.output() ?? ''].join(''),
      })),
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await Promise.all(kept.flatMap(({ current }) => current?.stop() ?? []));
      await Promise.all(kept.map(({ done }) => done));
    },
  };
}

const anyPort = {
  GC_HTTP_ADDRESS: '127.0.0.1:0',
  GC_GRPC_ADDRESS: '127.0.0.1:0',
  GC_NODE_ADDRESS: '127.0.0.1:0',
  GC_ADMIN_ADDRESS: '127.0.0.1:0',
};

async function keepRunning(
  one: Kept,
  launch: () => Promise<TestProcess>,
  closing: AbortSignal,
): Promise<void> {
  while (!closing.aborted) {
    await one.current?.exited;
    one.past.push(one.current?.output() ?? '');
    one.current = undefined;
    if (closing.aborted) return;
    one.current = await launch().catch((error: unknown) => {
      // It says what the process wrote before it ended.
      one.past.push(`${String(error)}\n`);
      return undefined;
    });
    if (one.current === undefined) await sleep(500);
    // It came up while all were told to end: nobody knew of it then.
    if (closing.aborted) await one.current?.stop();
  }
}
