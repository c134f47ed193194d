import { randomBytes, randomUUID } from 'node:crypto';
import type { World } from './world.ts';

/** What an id, cursor or key of a request stands for. */
export type Thing = 'task' | 'lambda' | 'node' | 'task cursor' | 'lambda cursor' | 'tag' | 'key';

/** Whose it is. */
export type Kind = 'own' | 'foreign' | 'random' | 'malformed';

/** A value for a slot, known once both worlds are built. */
export interface Filling {
  readonly kind: Kind;
  readonly label: string;
  value(worlds: { readonly own: World; readonly foreign: World }): string;
}

/** Every value that is tried in a slot of this thing. */
export function fillingsOf(thing: Thing): readonly Filling[] {
  return fillingsWith(thing, foreignOf(thing));
}

/** The same where the caller chooses the id of a new task: another kind of id is a free one there. */
export function fillingsOfNewTask(): readonly Filling[] {
  return fillingsWith('task', foreignTasks);
}

function fillingsWith(thing: Thing, ofOthers: readonly Filling[]): readonly Filling[] {
  return [
    ownOf(thing),
    ...ofOthers,
    ...(random[thing] ?? []).map((make) => filling('random', 'nobody’s', make)),
    ...malformed[thing].map((text) => filling('malformed', JSON.stringify(text), () => text)),
  ];
}

/** What stands in a slot that another slot's cell does not look at. */
export function ownOf(thing: Thing): Filling {
  return { kind: 'own', label: 'its own', value: ({ own }) => valueOf(own, thing) };
}

const foreign = (label: string, value: (world: World) => string): Filling => ({
  kind: 'foreign',
  label,
  value: (worlds) => value(worlds.foreign),
});

const foreignTasks: readonly Filling[] = [
  ...(['finished', 'failed', 'cancelled', 'running'] as const).map((state) =>
    foreign(`a ${state} one`, ({ tasks }) => tasks[state]),
  ),
  foreign('in upper case', ({ tasks }) => tasks.finished.toUpperCase()),
];

function foreignOf(thing: Thing): readonly Filling[] {
  if (thing === 'task') {
    return [
      ...foreignTasks,
      foreign('a lambda’s id', ({ lambda }) => lambda),
      foreign('a code version', ({ codeVersion }) => codeVersion),
      foreign('the tenant’s id', ({ tenant }) => tenant.tenantId),
    ];
  }
  if (thing === 'lambda') {
    return [
      foreign('another’s', ({ lambda }) => lambda),
      foreign('another’s idle one', ({ idleLambda }) => idleLambda),
      foreign('a task’s id', ({ tasks }) => tasks.finished),
      foreign('a code version', ({ codeVersion }) => codeVersion),
    ];
  }
  return [foreign('another’s', (world) => valueOf(world, thing))];
}

/** The caller's own thing, or another's where that is the world. */
export function valueOf(world: World, thing: Thing): string {
  switch (thing) {
    case 'task':
      return world.tasks.finished;
    case 'lambda':
      return world.lambda;
    case 'node':
      return world.node;
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

function filling(kind: Kind, label: string, value: () => string): Filling {
  return { kind, label, value };
}

const hex24 = () => randomBytes(12).toString('hex');

// A cursor that nobody was given is a malformed one.
const random: Partial<Record<Thing, readonly (() => string)[]>> = {
  task: [hex24],
  lambda: [hex24],
  node: [randomUUID],
  tag: [() => `tag-${hex24()}`],
  key: [randomUUID],
};

const notHex = [
  '0',
  'null',
  'x'.repeat(24),
  '5'.repeat(23),
  '5'.repeat(25),
  "5' or '1'='1' -- 12345678",
  '../../../../etc/passwd',
  '\0',
  '５'.repeat(24),
  '*',
];

const malformed: Record<Thing, readonly string[]> = {
  task: notHex,
  lambda: notHex,
  node: [...notHex, '5'.repeat(36), '{00000000-0000-4000-8000-000000000000}'],
  'task cursor': ['x', 'null', 'e30', Buffer.from('{"tenant":"x"}').toString('base64url'), '*'],
  'lambda cursor': ['x', 'null', 'e30', Buffer.from('{"tenant":"x"}').toString('base64url'), '*'],
  tag: ['x'.repeat(65)],
  key: ['k'.repeat(256), 'a b'],
};
