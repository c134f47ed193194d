export type Schema = { readonly [key: string]: unknown };

const reference = '#/definitions/';

/**
 * A definition of an OpenAPI 2 document as JSON Schema of its own that knows no other member: what a
 * typo would add is refused. References are written out; the few types that contain themselves
 * (JSONSchemaProps) stay open at the second turn.
 */
export function strictSchema(name: string, definitions: Readonly<Record<string, Schema>>): Schema {
  return strict({ $ref: reference + name }, definitions, []);
}

/** The same for a schema that stands alone, as in a CustomResourceDefinition. */
export function strictAlone(schema: Schema): Schema {
  return strict(schema, {}, []);
}

function strict(
  schema: Schema,
  definitions: Readonly<Record<string, Schema>>,
  path: readonly string[],
): Schema {
  const target = schema['$ref'];
  if (typeof target === 'string') {
    const name = target.slice(reference.length);
    const found = definitions[name];
    if (found === undefined) throw new Error(`no definition of ${name}`);
    return path.includes(name) ? {} : strict(found, definitions, [...path, name]);
  }
  if (schema['x-kubernetes-int-or-string'] === true || schema['format'] === 'int-or-string') {
    return { oneOf: [{ type: 'string' }, { type: 'integer' }] };
  }
  const deeper = (inner: unknown) => strict(asSchema(inner), definitions, path);
  return closed(schema, {
    ...schema,
    ...mapped(schema, 'properties', deeper),
    ...one(schema, 'items', deeper),
    ...one(schema, 'additionalProperties', deeper),
  });
}

function closed(given: Schema, schema: Schema): Schema {
  const open = given['x-kubernetes-preserve-unknown-fields'] === true;
  const closing = 'properties' in given && !('additionalProperties' in given) && !open;
  return closing ? { ...schema, additionalProperties: false } : schema;
}

function mapped(schema: Schema, key: string, deeper: (inner: unknown) => Schema): Schema {
  const members = schema[key];
  if (typeof members !== 'object' || members === null) return {};
  const entries = Object.entries(members).map(([name, inner]) => [name, deeper(inner)]);
  return { [key]: Object.fromEntries(entries) };
}

function one(schema: Schema, key: string, deeper: (inner: unknown) => Schema): Schema {
  const inner = schema[key];
  return typeof inner === 'object' && inner !== null ? { [key]: deeper(inner) } : {};
}

function asSchema(value: unknown): Schema {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
