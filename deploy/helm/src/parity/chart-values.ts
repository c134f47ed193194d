import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { inChart } from '../repository.ts';

type Scalar = string | number | boolean | null | readonly string[];

/** The `config` of a component in values.yaml. */
export function configOf(component: string): Readonly<Record<string, Scalar>> {
  const values = parse(readFileSync(inChart('values.yaml'), 'utf8')) as Readonly<
    Record<string, { config?: Record<string, Scalar> }>
  >;
  return values[component]?.config ?? {};
}

export interface Bounds {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly $ref?: string;
}

interface SchemaNode extends Bounds {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
}

/** What values.schema.json says of each key of a component's `config`. */
export function schemaOf(component: string): Readonly<Record<string, Bounds>> {
  const schema = JSON.parse(readFileSync(inChart('values.schema.json'), 'utf8')) as SchemaNode & {
    definitions: Readonly<Record<string, SchemaNode>>;
  };
  const config = schema.properties?.[component]?.properties?.['config'];
  const name = config?.$ref?.replace('#/definitions/', '');
  return (name === undefined ? config : schema.definitions[name])?.properties ?? {};
}

/** As the chart's templates name it: maxStreams is GC_MAX_STREAMS. */
export function variableOf(key: string): string {
  return `GC_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** As the chart's templates write it; undefined is left to the service. */
export function textOf(value: Scalar): string | undefined {
  if (value === null) return undefined;
  return Array.isArray(value) ? value.join(',') : String(value);
}

/** Rows of the README's table of variables that the chart sets by itself: variable → services. */
export function wiredVariables(): ReadonlyMap<string, readonly string[]> {
  const rows = readFileSync(inChart('README.md'), 'utf8').matchAll(
    /^\| `(?<variable>GC_[A-Z_]+)` \| (?<services>[^|]+) \|/gm,
  );
  return new Map(
    [...rows].map(({ groups }) => [
      groups?.['variable'] ?? '',
      (groups?.['services'] ?? '').split(',').map((name) => name.trim()),
    ]),
  );
}
