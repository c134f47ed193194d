import type { Manifest } from '../cluster/manifest.ts';
import type { Pod } from './pod-manifest.ts';

interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: object;
  readonly ipBlock?: object;
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

/** Ways that policies let out of pods; a rule for port 53 is a way to `dns`. */
export function waysOut(manifests: readonly Manifest[], pods: readonly Pod[]): Way[] {
  return waysOf(
    manifests,
    pods,
    ({ egress }) => egress,
    (rule) => rule.to,
  ).map(({ own: from, other: to, port }) => ({ from, to: port === '53' ? 'dns' : to, port }));
}

/** Ways that policies let into pods. */
export function waysIn(manifests: readonly Manifest[], pods: readonly Pod[]): Way[] {
  return waysOf(
    manifests,
    pods,
    ({ ingress }) => ingress,
    (rule) => rule.from,
  ).map(({ own: to, other: from, port }) => ({ from, to, port }));
}

function waysOf(
  manifests: readonly Manifest[],
  pods: readonly Pod[],
  rulesOf: (policy: Policy) => readonly Rule[] | undefined,
  peersOf: (rule: Rule) => readonly Peer[] | undefined,
): { own: string; other: string; port: string }[] {
  return pods.flatMap((pod) =>
    policiesFor(manifests, pod)
      .flatMap((policy) => rulesOf(policy) ?? [])
      .flatMap((rule) =>
        componentsOf(peersOf(rule), pods).flatMap((other) =>
          rule.ports.map(({ port }) => ({ own: pod.component, other, port: String(port) })),
        ),
      ),
  );
}

/** No peers are everybody; peers that are no pods of this release are outside, too. */
function componentsOf(peers: readonly Peer[] | undefined, pods: readonly Pod[]): string[] {
  if (peers === undefined) return ['outside'];
  return peers.flatMap((peer) => {
    if (peer.namespaceSelector !== undefined || peer.ipBlock !== undefined) return ['outside'];
    return pods.filter((pod) => selects(peer.podSelector, pod)).map(({ component }) => component);
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
