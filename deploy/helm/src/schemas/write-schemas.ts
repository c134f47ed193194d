import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { type Schema, strictAlone, strictSchema } from './strict-schema.ts';

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

interface OpenApi {
  readonly definitions: Readonly<Record<string, Schema>>;
}

interface CustomResource {
  readonly kind?: string;
  readonly spec?: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly schema?: SchemaOfVersion }[];
  };
}

interface SchemaOfVersion {
  readonly openAPIV3Schema?: Schema;
}

/** One file for each kind of a Kubernetes release, named as kubeconform asks for them. */
export function writeKubernetesSchemas(swagger: string, folder: string): number {
  mkdirSync(folder, { recursive: true });
  const { definitions } = JSON.parse(readFileSync(swagger, 'utf8')) as OpenApi;
  const kinds = Object.entries(definitions).flatMap(([name, definition]) => {
    const [kind] = (definition['x-kubernetes-group-version-kind'] ?? []) as GroupVersionKind[];
    return kind === undefined ? [] : [{ name, kind }];
  });
  for (const { name, kind } of kinds) write(folder, kind, strictSchema(name, definitions));
  return kinds.length;
}

/** The kinds that other projects add, from their own definitions. */
export function writeCustomSchemas(definitionFolders: readonly string[], folder: string): number {
  mkdirSync(folder, { recursive: true });
  let written = 0;
  for (const resource of definitionFolders.flatMap(customResources)) {
    if (resource.kind !== 'CustomResourceDefinition' || resource.spec === undefined) continue;
    const { group, names, versions } = resource.spec;
    for (const { name: version, schema } of versions) {
      write(
        folder,
        { group, version, kind: names.kind },
        strictAlone(schema?.openAPIV3Schema ?? {}),
      );
      written += 1;
    }
  }
  return written;
}

/** All documents of the YAML files in a folder. */
export function customResources(folder: string): CustomResource[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return files.flatMap((name) =>
    parseAllDocuments(readFileSync(join(folder, name), 'utf8')).map(
      (document) => (document.toJS() ?? {}) as CustomResource,
    ),
  );
}

function write(folder: string, { group, version, kind }: GroupVersionKind, schema: Schema): void {
  const [first = ''] = group.split('.');
  const name = [kind, first, version].filter((part) => part !== '').join('-');
  writeFileSync(join(folder, `${name.toLowerCase()}.json`), JSON.stringify(schema));
}
