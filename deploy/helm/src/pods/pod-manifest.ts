import { type Manifest, podOf as podManifestOf } from '../cluster/manifest.ts';

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
    readonly resourceFieldRef?: { readonly resource: string };
  };
}

export interface Probe {
  readonly httpGet?: { readonly path: string; readonly port: string };
  readonly grpc?: { readonly port: number };
  readonly periodSeconds: number;
  readonly failureThreshold: number;
}

export interface Container {
  readonly image: string;
  readonly workingDir?: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: readonly EnvVar[];
  /** `limits` and `requests`, each with quantities by resource. */
  readonly resources?: Readonly<Record<string, Readonly<Record<string, string | number>>>>;
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

interface PodSpec {
  readonly containers: readonly [Container];
  readonly volumes: readonly Volume[];
  readonly securityContext: { readonly runAsUser: number };
  readonly terminationGracePeriodSeconds?: number;
}

type PodKind = 'Deployment' | 'Job' | 'CronJob' | 'Pod';

export function podsOf(manifests: readonly Manifest[], kind: PodKind): Pod[] {
  return manifests.filter((it) => it.kind === kind).map((it) => podOf(it));
}

function podOf(manifest: Manifest): Pod {
  const made = podManifestOf(manifest) ?? manifest;
  const spec = made.spec as unknown as PodSpec;
  const labels = made.metadata.labels ?? {};
  return {
    name: manifest.metadata.name,
    labels,
    component: labels['app.kubernetes.io/component'] ?? '',
    container: spec.containers[0],
    volumes: spec.volumes,
    user: spec.securityContext.runAsUser,
    graceSeconds: spec.terminationGracePeriodSeconds ?? 30,
  };
}
