import type { Manifest } from '../cluster/manifest.ts';
import type { Seen } from './connections.ts';
import type { Pod } from './pod-manifest.ts';
import { type Way, waysIn, waysOut } from './policies.ts';

export interface Network {
  readonly manifests: readonly Manifest[];
  readonly pods: readonly Pod[];
  /** By the pod's name. */
  readonly addresses: ReadonlyMap<string, string>;
  /** Of Postgres, NATS and the issuer: any other port of 127.0.0.1 is the far end of a connection. */
  readonly servers: ReadonlySet<string>;
}

export interface Finding {
  readonly text: string;
  readonly good: boolean;
}

/** Every connection is allowed at both ends, and every way that a policy opens is used. */
export function compareWithPolicies(network: Network, connections: readonly Seen[]): Finding[] {
  const { manifests, pods } = network;
  const out = new Set(waysOut(manifests, pods).map(textOf));
  const into = new Set(waysIn(manifests, pods).map(textOf));
  const used = new Map(
    [...connections.flatMap((it) => wayOf(it, network)), ...lookUps(pods)].map((way) => [
      textOf(way),
      way,
    ]),
  );
  const opened = [...used].map(([text, { from, to }]) => {
    const leaves = from === 'outside' || out.has(text);
    const enters = to === 'outside' || to === 'dns' || into.has(text);
    return { text: `${text} is made, and allowed at both ends`, good: leaves && enters };
  });
  const idle = [...new Set([...out, ...into])].filter((text) => !used.has(text));
  return [
    ...opened.toSorted((a, b) => (a.text < b.text ? -1 : 1)),
    ...idle.map((text) => ({ text: `${text} is allowed and used by nobody`, good: false })),
  ];
}

/** Towards a port that somebody listens on; the other end of the same connection is no way. */
function wayOf({ from, peer }: Seen, { pods, addresses, servers }: Network): Way[] {
  const end = peer.lastIndexOf(':');
  const [address, number] = [peer.slice(0, end).replace(/[[\]]|::ffff:/g, ''), peer.slice(end + 1)];
  const target = pods.find(({ name }) => addresses.get(name) === address);
  if (target === undefined)
    return servers.has(number) ? [{ from, to: 'outside', port: number }] : [];
  const port = target.container.ports?.find((it) => String(it.containerPort) === number);
  // The image's own health check asks the pod that it is in, where no policy stands between.
  if (port === undefined || (from === target.component && port.name === 'admin')) return [];
  return [{ from, to: target.component, port: port.name }];
}

/** Here /etc/hosts answers in place of a DNS: whoever has a name among its variables asks. */
function lookUps(pods: readonly Pod[]): Way[] {
  const asks = ({ container }: Pod) =>
    container.env.some(
      ({ value, valueFrom }) =>
        value?.includes('.svc') === true || valueFrom?.secretKeyRef?.name === 'db',
    );
  return pods.filter(asks).map(({ component }) => ({ from: component, to: 'dns', port: '53' }));
}

function textOf({ from, to, port }: Way): string {
  return `${from} → ${to}:${port}`;
}
