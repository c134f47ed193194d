import fc from 'fast-check';
import type { ApiDocument } from '../openapi.ts';

/** The part of JSON Schema that the document uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

// Long texts have tests of their own; here they would only take time.
const maxText = 200;
const maxNumber = 2 ** 31;

/** Values that the schema allows. `known` gives some of its own for a member of that name. */
export function arbitraryOf(
  document: ApiDocument,
  schema: Schema,
  known: (member: string) => readonly string[] = () => [],
): fc.Arbitrary<unknown> {
  const of = (inner: Schema): fc.Arbitrary<unknown> => arbitraryOf(document, inner, known);
  if (schema.$ref !== undefined) return of(referred(document, schema.$ref));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const alternatives = schema.oneOf ?? schema.anyOf;
  if (alternatives !== undefined) return fc.oneof(...alternatives.map(of));
  const types = schema.type === undefined ? [] : [schema.type].flat();
  if (types.length === 0) return fc.jsonValue();
  return fc.oneof(...types.map((type) => ofType(type, schema, of, known)));
}

function ofType(
  type: string,
  schema: Schema,
  of: (inner: Schema) => fc.Arbitrary<unknown>,
  known: (member: string) => readonly string[],
): fc.Arbitrary<unknown> {
  switch (type) {
    case 'string':
      return text(schema);
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -maxNumber, max: schema.maximum ?? maxNumber });
    case 'number':
      return fc.double({ min: schema.minimum ?? -1e9, max: schema.maximum ?? 1e9, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(schema.items === undefined ? fc.jsonValue() : of(schema.items), {
        maxLength: Math.min(schema.maxItems ?? 8, 8),
      });
    case 'object':
      return object(schema, of, known);
    default:
      throw new Error(`no values of the type ${type} can be made`);
  }
}

function text({
  format,
  pattern,
  minLength = 0,
  maxLength = maxText,
}: Schema): fc.Arbitrary<string> {
  if (format === 'uri') return fc.webUrl({ size: 'small' });
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  return fc.string({ unit: 'binary', minLength, maxLength: Math.min(maxLength, maxText) });
}

function object(
  { properties, required = [] }: Schema,
  of: (inner: Schema) => fc.Arbitrary<unknown>,
  known: (member: string) => readonly string[],
): fc.Arbitrary<unknown> {
  if (properties === undefined) return fc.dictionary(fc.string(), fc.jsonValue());
  const members = Object.entries(properties).map(([name, schema]) => {
    const some = known(name);
    return [name, some.length > 0 ? knownOr(some, of(schema)) : of(schema)] as const;
  });
  return fc.record(Object.fromEntries(members), { requiredKeys: [...required] });
}

/** Mostly what exists: a request that is refused at its id goes no deeper. */
export function knownOr(
  known: readonly string[],
  other: fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...known) },
    { weight: 1, arbitrary: other },
  );
}

function referred(document: ApiDocument, ref: string): Schema {
  const schema = document.components['schemas']?.[ref.split('/').at(-1) ?? ''];
  if (typeof schema !== 'object' || schema === null)
    throw new Error(`${ref} is not in the document`);
  return schema;
}
