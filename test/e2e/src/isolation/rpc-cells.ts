import type { Rpc } from '../rpc/contracts.ts';
import { type Role, roles } from '../rpc/identities.ts';
import { type FieldSlot, slotsOf } from './fill-message.ts';
import { type Expectation, expectationOf } from './rpc-expectations.ts';
import { type Filling, fillingsOf, fillingsOfNewTask, valueOf } from './slots.ts';
import { newId } from '../shared/running-stack.ts';
import type { World } from './world.ts';

/** One call by a role that may make it, with one value in one of its fields. */
export interface IdCell extends Expectation {
  readonly title: string;
  readonly rpc: Rpc;
  readonly slot: FieldSlot;
  readonly filling: Filling;
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
        const expected = expectationOf(rpc, slot, filling.kind);
        if (expected === 'by role') return [];
        const place = slot.path.join('.');
        const title = `${rpc.name} with ${place}: ${filling.kind}, ${filling.label}`;
        return [{ title, rpc, slot, filling, ...expected }];
      }),
    ),
  );
}

function fillingsFor({ thing, usually }: FieldSlot): readonly Filling[] {
  if (thing === 'tenant') return tenants;
  if (usually === 'new') return fillingsOfNewTask();
  if (thing !== 'code version') return fillingsOf(thing);
  return fillingsOf('lambda').filter(({ kind }) => kind === 'malformed' || kind === 'random');
}

const tenants: readonly Filling[] = [
  { kind: 'own', label: 'its own', value: ({ own }) => own.tenant.tenantId },
  { kind: 'foreign', label: 'another’s', value: ({ foreign }) => foreign.tenant.tenantId },
  { kind: 'random', label: 'nobody’s', value: () => crypto.randomUUID() },
  ...['', ' ', 'a b', 'x'.repeat(65), '*', '%'].map(
    (text): Filling => ({ kind: 'malformed', label: JSON.stringify(text), value: () => text }),
  ),
];

/** What a slot holds while another one is looked at. */
export function usualValue({ thing, usually }: FieldSlot, world: World): string {
  if (usually === 'empty') return '';
  if (usually === 'new') return newId();
  if (thing === 'tenant') return world.tenant.tenantId;
  return thing === 'code version' ? world.codeVersion : valueOf(world, thing);
}
