import type { DescMessage } from '@bufbuild/protobuf';
import type { Rpc } from '../rpc/contracts.ts';
import { type Role, roles } from '../rpc/identities.ts';
import { type FieldSlot, slotsOf } from './fill-message.ts';
import { type Filling, fillingsOf, type Kind } from './slots.ts';
import type { World } from './world.ts';

/** One call by a role that may make it, with one value in one of its fields. */
export interface IdCell {
  readonly title: string;
  readonly rpc: Rpc;
  readonly slot: FieldSlot;
  readonly filling: Filling;
  /** Codes that are right; an empty list for answers that say nothing of anybody. */
  readonly codes: readonly string[];
  readonly writes: 'nothing' | 'own';
}

/** One call with another tenant's ids by somebody who has no business there. */
export interface RoleCell {
  readonly title: string;
  readonly rpc: Rpc;
  readonly role: Role;
}

/** Who may call anything at all of a service; each method has a narrower list, tested with the stack. */
const mayCall: Readonly<Record<string, readonly Role[]>> = {
  TaskCommandService: ['edge', 'scheduler'],
  EventLogService: ['edge', 'projection', 'scheduler', 'operator'],
  TaskQueryService: ['edge', 'operator'],
  LambdaCatalogService: ['edge', 'scheduler', 'operator'],
  NodeAdminService: ['edge', 'operator'],
};

/** Which process serves what. A new service fails here until it has a place. */
const servers: Readonly<Record<string, string>> = {
  TaskCommandService: 'task-command',
  EventLogService: 'task-command',
  TaskQueryService: 'projection',
  LambdaCatalogService: 'lambda-catalog',
  NodeAdminService: 'scheduler',
};

export function serverOf({ service, name }: Rpc): string {
  const server = servers[service.name];
  if (server === undefined)
    throw new Error(`${name}: the isolation matrix does not know its server`);
  return server;
}

/** Refused by the service's own list. The rest of the roles is asked which methods it may call. */
export function strangersTo({ service }: Rpc): readonly Role[] {
  return roles.filter((role) => mayCall[service.name]?.includes(role) !== true);
}

export function roleCells(rpcs: readonly Rpc[]): readonly RoleCell[] {
  return rpcs.flatMap((rpc) =>
    strangersTo(rpc).map((role) => ({
      title: `${rpc.name} by ${role} with another tenant’s ids`,
      rpc,
      role,
    })),
  );
}

export function idCells(rpcs: readonly Rpc[]): readonly IdCell[] {
  return rpcs.flatMap((rpc) =>
    slotsOf(rpc).flatMap((slot) =>
      fillingsFor(slot).flatMap((filling) => {
        const expected = expectedOf(rpc, slot, filling.kind);
        if (expected === 'by role') return [];
        const place = slot.path.join('.');
        const title = `${rpc.name} with ${place}: ${filling.kind}, ${filling.label}`;
        return [{ title, rpc, slot, filling, ...expected }];
      }),
    ),
  );
}

function fillingsFor({ thing }: FieldSlot): readonly Filling[] {
  if (thing === 'tenant') return tenants;
  if (thing !== 'code version') return fillingsOf(thing);
  return fillingsOf('lambda').flatMap((filling) =>
    filling.kind === 'malformed' || filling.kind === 'random' ? [filling] : [],
  );
}

const tenants: readonly Filling[] = [
  { kind: 'own', label: 'its own', value: ({ own }) => own.tenant.tenantId },
  { kind: 'random', label: 'nobody’s', value: () => crypto.randomUUID() },
  ...['', ' ', 'a b', 'x'.repeat(65), '*', '%'].map(
    (text): Filling => ({ kind: 'malformed', label: JSON.stringify(text), value: () => text }),
  ),
];

const missing = ['TASK_NOT_FOUND', 'LAMBDA_NOT_FOUND', 'NODE_NOT_FOUND'];
const refused = [
  'INVALID_ID',
  'INVALID_PARAMETER',
  'VALIDATION_FAILED',
  'INVALID_CURSOR',
  'NEEDS_LOGIN',
];
// A caller's own thing, in a state in which the call is refused for a reason of its own.
const states = [
  'CONFLICT',
  'FENCED',
  'TASK_ALREADY_FINISHED',
  'TASK_ALREADY_ISSUED',
  'IDEMPOTENCY_KEY_REUSED',
];
// Of tasks that wait; the own one has finished.
const aboutWaiting = 'NodeAdminService.ExplainWaiting';

type Expected = Pick<IdCell, 'codes' | 'writes'> | 'by role';

function expectedOf({ name, method }: Rpc, { path, thing }: FieldSlot, kind: Kind): Expected {
  const field = path.at(-1) ?? '';
  if (kind === 'own') {
    const absent = name === aboutWaiting ? ['TASK_NOT_FOUND'] : [];
    return { codes: ['OK', ...states, ...absent], writes: 'own' };
  }
  const isRefused: Expected = { codes: [...refused, ...missing], writes: 'nothing' };
  if (name === 'TaskCommandService.IssueTasks') return issueExpected(field, kind, isRefused);
  if (kind === 'malformed') {
    // A tag and a key are texts: what is too long is cut off or found nowhere.
    return thing === 'tag' ? { codes: ['OK', ...refused], writes: 'nothing' } : isRefused;
  }
  if (name === 'NodeAdminService.EnrolNode') return enrolExpected(kind, thing);
  if (name === 'LambdaCatalogService.CreateLambda') return { codes: ['OK'], writes: 'nothing' };
  // Acts for all tenants: its role is the guard, and the role cells try it.
  if (!hasTenant(method.input) && kind === 'foreign' && !name.startsWith('TaskCommand')) {
    return 'by role';
  }
  return { codes: ['OK', ...missing, ...states, 'INVALID_CURSOR', 'FORBIDDEN'], writes: 'nothing' };
}

/** The edge has asked the catalogue before: the log takes its word for lambda, version and tenant. */
function issueExpected(field: string, kind: Kind, isRefused: Expected): Expected {
  if (kind === 'malformed')
    return field === 'idempotency_key' ? { codes: ['OK', ...refused], writes: 'own' } : isRefused;
  if (field === 'idempotency_key') return { codes: ['OK'], writes: 'own' };
  if (field !== 'task_id') return 'by role';
  return kind === 'random'
    ? { codes: ['OK'], writes: 'own' }
    : { codes: ['OK', 'TASK_ALREADY_ISSUED', 'TASK_NOT_FOUND'], writes: 'own' };
}

function enrolExpected(kind: Kind, thing: FieldSlot['thing']): Expected {
  if (thing === 'node' && kind === 'foreign') {
    return { codes: ['NODE_ALREADY_ENROLLED'], writes: 'nothing' };
  }
  return { codes: ['OK', 'NODE_ALREADY_ENROLLED'], writes: 'nothing' };
}

function hasTenant(message: DescMessage): boolean {
  return message.fields.some(
    (field) =>
      field.name === 'tenant_id' ||
      ((field.fieldKind === 'message' || field.fieldKind === 'list') &&
        field.message !== undefined &&
        hasTenant(field.message)),
  );
}

/** What a slot holds while another one is looked at. */
export function usualValue({ thing, usually }: FieldSlot, world: World): string {
  if (usually === 'empty') return '';
  if (usually === 'new')
    return Array.from({ length: 24 }, () => Math.floor(Math.random() * 16).toString(16)).join('');
  switch (thing) {
    case 'tenant':
      return world.tenant.tenantId;
    case 'task':
      return world.tasks.finished;
    case 'lambda':
      return world.lambda;
    case 'node':
      return world.node;
    case 'code version':
      return world.codeVersion;
    case 'task cursor':
      return world.taskCursor;
    case 'lambda cursor':
      return world.lambdaCursor;
    case 'tag':
      return world.tag;
    case 'key':
      return world.idempotencyKey;
    default:
      return thing satisfies never;
  }
}
