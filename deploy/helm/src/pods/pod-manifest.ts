import type { Manifest } from '../cluster/manifest.ts';

interface KeyRef {
  readonly name: string;
  readonly key: string;
}

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly secretKeyRef?: KeyRef;
    readonly fieldRef?: { readonly fieldPath: string };
  };
}

export interface Probe {
  readonly httpGet?: { readonly path: string; readonly port: string };
  readonly grpc?: { readonly port: number };
  readonly periodSeconds: number;
  readonly failureThreshold: number;
}

export interface Container {
  readonly workingDir: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: readonly EnvVar[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly startupProbe?: Probe;
  readonly lifecycle?: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

interface KeyToPath {
  readonly key: string;
  readonly path: string;
}

export interface Volume {
  readonly name: string;
  readonly emptyDir?: object;
  readonly secret?: { readonly secretName: string; readonly items?: readonly KeyToPath[] };
  readonly configMap?: { readonly name: string; readonly items?: readonly KeyToPath[] };
}

/** A pod as its manifest says it. */
export interface Pod {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly component: string;
  readonly container: Container;
  readonly volumes: readonly Volume[];
  readonly user: number;
  readonly graceSeconds: number;
}

interface PodTemplate {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly containers: readonly [Container];
    readonly volumes: readonly Volume[];
    readonly securityContext: { readonly runAsUser: number };
    readonly terminationGracePeriodSeconds?: number;
  };
}

export function podsOf(manifests: readonly Manifest[], kind: 'Deployment' | 'Job'): Pod[] {
  return manifests.filter((it) => it.kind === kind).map((it) => podOf(it));
}

function podOf({ metadata, spec }: Manifest): Pod {
  const template = spec?.template as unknown as PodTemplate;
  const { labels } = template.metadata;
  const component = labels['app.kubernetes.io/component'] ?? '';
  const [container] = template.spec.containers;
  return {
    name: metadata.name,
    labels,
    component,
    container,
    volumes: template.spec.volumes,
    user: template.spec.securityContext.runAsUser,
    graceSeconds: template.spec.terminationGracePeriodSeconds ?? 30,
  };
}
