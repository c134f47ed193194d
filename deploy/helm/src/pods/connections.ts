import { setTimeout as sleep } from 'node:timers/promises';
import type { Manifest } from '../cluster/manifest.ts';
import type { Pod } from './pod-manifest.ts';
import { letsIn, type Way, waysOut } from './policies.ts';
import { connectionsOf } from './sockets.ts';
import type { Pods } from './story.ts';

interface Seen {
  readonly from: string;
  /** address:port */
  readonly peer: string;
}

/** Looks at the sockets of all pods, again and again until it is stopped. */
export function watchConnections(pods: Pods): { stop(): Promise<Seen[]> } {
  const found = new Map<string, Seen>();
  const ends = new AbortController();
  const look = () => {
    const components = new Map(
      [...pods.running.values()].map(({ pid, pod }) => [pid, pod.component] as const),
    );
    for (const { pid, peer } of connectionsOf(new Set(components.keys()))) {
      const from = components.get(pid) ?? '';
      found.set(`${from} ${peer}`, { from, peer });
    }
  };
  const watching = (async () => {
    while (!ends.signal.aborted) {
      look();
      await sleep(100);
    }
  })();
  return {
    stop: async () => {
      // Connections stand for as long as the processes: one look is enough for those.
      look();
      ends.abort();
      await watching;
      return [...found.values()];
    },
  };
}

/** Every connection is allowed at both ends, and every way that a policy opens is used by one. */
export function compareWithPolicies(
  manifests: readonly Manifest[],
  pods: readonly Pod[],
  connections: readonly Seen[],
  addresses: ReadonlyMap<string, string>,
): { text: string; good: boolean }[] {
  const allowed = waysOut(manifests, pods);
  const used = connections.flatMap(({ from, peer }) => wayOf(from, peer, pods, addresses));
  const texts = new Set(used.map(textOf));
  const out = new Set(allowed.map(textOf));
  const opened = [...texts].map((text) => {
    const way = used.find((it) => textOf(it) === text);
    const target = pods.find(({ component }) => component === way?.to);
    const inside =
      way === undefined || target === undefined || letsIn(manifests, target, way, pods);
    return { text: `${text} is allowed at both ends`, good: out.has(text) && inside };
  });
  const idle = [...out].filter((text) => !texts.has(text));
  return [...opened, ...idle.map((text) => ({ text: `${text} is used by somebody`, good: false }))];
}

/** Towards a port that somebody listens on; the other end of the same connection is no way. */
function wayOf(
  from: string,
  peer: string,
  pods: readonly Pod[],
  addresses: ReadonlyMap<string, string>,
): Way[] {
  const end = peer.lastIndexOf(':');
  const [address, number] = [peer.slice(0, end), peer.slice(end + 1)];
  const target = pods.find(({ name }) => addresses.get(name) === address);
  if (target === undefined) return isServer(number) ? [{ from, to: 'outside', port: number }] : [];
  const port = target.container.ports?.find((it) => String(it.containerPort) === number);
  return port === undefined ? [] : [{ from, to: target.component, port: port.name }];
}

let servers = new Set<string>();

/** Ports of Postgres and NATS: everything else on 127.0.0.1 is the far end of a connection. */
export function serversAt(ports: readonly string[]): void {
  servers = new Set(ports);
}

function isServer(port: string): boolean {
  return servers.has(port);
}

function textOf({ from, to, port }: Way): string {
  return `${from} → ${to}:${port}`;
}
