import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

export interface PodSpec {
  readonly serviceAccountName?: string;
  readonly priorityClassName?: string;
}

interface PodTemplate {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec: PodSpec;
}

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  /** Of a ConfigMap. */
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly template?: PodTemplate;
    readonly jobTemplate?: { readonly spec: { readonly template: PodTemplate } };
  };
}

/** What `helm template` wrote. */
export function readManifests(file: string): Manifest[] {
  const documents = parseAllDocuments(readFileSync(file, 'utf8'));
  return documents
    .map((document) => document.toJS() as Manifest | null)
    .filter((it) => it !== null);
}

/** The pod that a controller would make of it: admission looks at pods, not at their templates. */
export function podOf(manifest: Manifest): Manifest | undefined {
  const template = manifest.spec?.jobTemplate?.spec.template ?? manifest.spec?.template;
  if (template?.spec === undefined || !('containers' in template.spec)) return undefined;
  const { name, namespace } = manifest.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...template.metadata, name: `${name}-pod`, ...(namespace && { namespace }) },
    spec: template.spec as Manifest['spec'] & object,
  };
}
