import type { Manifest } from '../cluster/manifest.ts';
import type { Pod } from './pod-manifest.ts';

interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: object;
}

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly values: readonly string[];
  }[];
}

interface Rule {
  readonly ports: readonly { readonly port: number | string; readonly protocol: string }[];
  readonly to?: readonly Peer[];
  readonly from?: readonly Peer[];
}

interface Policy {
  readonly podSelector: Selector;
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

/** A way that a policy opens: from a component to another (or `outside`), on a port by name or number. */
export interface Way {
  readonly from: string;
  readonly to: string;
  readonly port: string;
}

/** Ways between pods and to the outside that policies let out of a pod; DNS aside. */
export function waysOut(manifests: readonly Manifest[], pods: readonly Pod[]): Way[] {
  return pods.flatMap((pod) =>
    policiesFor(manifests, pod).flatMap(({ egress = [] }) =>
      egress.flatMap((rule) =>
        waysOf(rule, rule.to, pods).map(({ pod: to, port }) => ({ from: pod.component, to, port })),
      ),
    ),
  );
}

/** Whether policies let a connection into a pod. */
export function letsIn(
  manifests: readonly Manifest[],
  target: Pod,
  way: Way,
  pods: readonly Pod[],
) {
  return policiesFor(manifests, target).some(({ ingress = [] }) =>
    ingress.some((rule) => {
      const open = rule.from === undefined;
      const from = pods.filter((pod) => rule.from?.some((peer) => selects(peer.podSelector, pod)));
      const caller = open || from.some(({ component }) => component === way.from);
      return caller && rule.ports.some(({ port }) => String(port) === way.port);
    }),
  );
}

function waysOf(rule: Rule, peers: readonly Peer[] | undefined, pods: readonly Pod[]) {
  return rule.ports
    .filter(({ port }) => port !== 53)
    .flatMap(({ port }) => {
      if (peers === undefined) return [{ pod: 'outside', port: String(port) }];
      const targets = pods.filter((pod) => peers.some((peer) => selects(peer.podSelector, pod)));
      return targets.map(({ component }) => ({ pod: component, port: String(port) }));
    });
}

function policiesFor(manifests: readonly Manifest[], pod: Pod): Policy[] {
  return manifests
    .filter(({ kind }) => kind === 'NetworkPolicy')
    .map(({ spec }) => spec as unknown as Policy)
    .filter(({ podSelector }) => selects(podSelector, pod));
}

function selects(selector: Selector | undefined, { labels }: Pod): boolean {
  if (selector === undefined) return false;
  const { matchLabels = {}, matchExpressions = [] } = selector;
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, values }) => values.includes(labels[key] ?? ''))
  );
}
