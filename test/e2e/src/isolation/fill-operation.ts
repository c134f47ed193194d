import type { ApiDocument, ApiOperation } from '../openapi.ts';
import type { Thing } from './slots.ts';

type Place = 'path' | 'query' | 'header' | 'body';

/** A place of a request that names something of somebody's. */
export interface Slot {
  readonly place: Place;
  readonly name: string;
  readonly thing: Thing;
}

/** How a request of one operation is made. */
export interface RequestPlan {
  readonly operation: ApiOperation;
  readonly slots: readonly Slot[];
  /** Members of the body that the operation demands and that are nobody's. */
  readonly plainBody: Readonly<Record<string, unknown>>;
}

/**
 * What every parameter and member of a body is. One that is not here fails the matrix: whoever adds
 * a parameter says here what it names. `plain` names nothing of anybody's.
 */
const parameters: Readonly<Record<string, Thing | 'plain'>> = {
  taskId: 'task',
  lambdaId: 'lambda',
  hash: 'node',
  node: 'node',
  tag: 'tag',
  'listTasks.cursor': 'task cursor',
  'listLambdas.cursor': 'lambda cursor',
  'Idempotency-Key': 'key',
  'If-None-Match': 'plain',
  'Last-Event-ID': 'plain',
  Prefer: 'plain',
  wait: 'plain',
  limit: 'plain',
  state: 'plain',
  outcome: 'plain',
  issuedAfter: 'plain',
  issuedBefore: 'plain',
  order: 'plain',
};

const members: Readonly<Record<string, Thing | { readonly plain: unknown }>> = {
  lambdaId: 'lambda',
  timeout: { plain: 10 },
  inlinePayload: { plain: 'x' },
  name: { plain: 'isolation' },
  description: { plain: 'x' },
  tag: { plain: ['x'] },
  scmUrl: { plain: 'https://example.org/x' },
  lang: { plain: 'js' },
  type: { plain: 'module' },
  cpuCount: { plain: 0 },
  memSize: { plain: 0 },
  networkLatency: { plain: 1 },
  privileged: { plain: false },
};

/** Throws the name of what it does not know. */
export function planOf(document: ApiDocument, operation: ApiOperation): RequestPlan {
  const ofParameters = operation.parameters.flatMap(({ in: place, name }): Slot[] => {
    const thing = parameters[`${operation.id}.${name}`] ?? parameters[name];
    if (thing === undefined) throw unknown(operation, `the ${place} parameter ${name}`);
    return thing === 'plain' ? [] : [{ place, name, thing }];
  });
  const known = membersOf(document, operation).map(({ name, required }) => {
    const member = members[name];
    if (member === undefined) throw unknown(operation, `the body's member ${name}`);
    return { name, required, member };
  });
  const ofBody = known.flatMap(({ name, member }): Slot[] =>
    typeof member === 'string' ? [{ place: 'body', name, thing: member }] : [],
  );
  const plainBody = Object.fromEntries(
    known.flatMap(({ name, member }) =>
      typeof member === 'string' ? [] : [[name, member.plain] as const],
    ),
  );
  return { operation, slots: [...ofParameters, ...ofBody], plainBody };
}

function unknown({ id }: ApiOperation, what: string): Error {
  return new Error(`${id}: the isolation matrix does not know how to fill ${what}`);
}

interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
}

function membersOf(document: ApiDocument, { body }: ApiOperation) {
  const given = body?.content['application/json']?.schema as Schema | undefined;
  const name = given?.$ref?.split('/').at(-1);
  const schema = name === undefined ? given : (document.components['schemas']?.[name] as Schema);
  const { properties = {}, required = [] } = schema ?? {};
  return Object.keys(properties).map((member) => ({
    name: member,
    required: required.includes(member),
  }));
}
