import type { ApiDocument } from '../openapi.ts';
import { operationsOf } from '../openapi.ts';
import { planOf, type RequestPlan, type Slot } from './fill-operation.ts';
import { type Filling, fillingsOf } from './slots.ts';

/** What must be seen: the statuses that are right, and whether the caller may have written. */
export interface Expected {
  readonly statuses: readonly number[];
  readonly codes?: readonly string[];
  readonly writes: 'nothing' | 'own';
  /** A list that is filtered by what is not there is empty. */
  readonly body?: '[]';
}

/** One request: a method of an operation, and one value in one of its slots. */
export interface RouteCell {
  readonly title: string;
  readonly method: string;
  readonly plan: RequestPlan;
  readonly slot: Slot | undefined;
  readonly filling: Filling | undefined;
  readonly expected: Expected;
}

/** Throws where the document has something that nobody said how to fill. */
export function routeCells(document: ApiDocument): readonly RouteCell[] {
  return operationsOf(document).flatMap((operation) => {
    const plan = planOf(document, operation);
    const methods = operation.method === 'GET' ? ['GET', 'HEAD'] : [operation.method];
    return methods.flatMap((method) => cellsOf(method, plan));
  });
}

function cellsOf(method: string, plan: RequestPlan): RouteCell[] {
  const { path } = plan.operation;
  if (plan.slots.length === 0) {
    const expected: Expected = { statuses: successes, writes: 'own' };
    return [
      { title: `${method} ${path}`, method, plan, slot: undefined, filling: undefined, expected },
    ];
  }
  return plan.slots.flatMap((slot) =>
    fillingsOf(slot.thing).map((filling) => ({
      title: `${method} ${path} with ${slot.place} ${slot.name}: ${filling.kind}, ${filling.label}`,
      method,
      plan,
      slot,
      filling,
      expected: expectedOf(plan, slot, filling),
    })),
  );
}

const successes = [200, 201, 204];
const notFound: Partial<Record<Slot['thing'], string>> = {
  task: 'TASK_NOT_FOUND',
  lambda: 'LAMBDA_NOT_FOUND',
  node: 'NODE_NOT_FOUND',
};

function expectedOf(
  { operation }: RequestPlan,
  { place, thing }: Slot,
  { kind }: Filling,
): Expected {
  // Its own key stands for another task than the one that is asked for here.
  if (kind === 'own' && thing === 'key') return refusal(422, 'IDEMPOTENCY_KEY_REUSED');
  if (kind === 'own') return { statuses: successes, writes: 'own' };
  if (kind === 'malformed') return malformedIn(place, thing);
  if (thing === 'key') return { statuses: [201], writes: 'own' };
  if (thing.endsWith('cursor')) return refusal(400, 'INVALID_CURSOR');
  if (place === 'query') return { statuses: [200], body: '[]', writes: 'nothing' };
  if (operation.id === 'enrolNode') {
    // The caller chooses the hash: a new one is its own from now on, a taken one is refused.
    return kind === 'random'
      ? { statuses: [201], writes: 'nothing' }
      : refusal(409, 'NODE_ALREADY_ENROLLED');
  }
  return refusal(404, notFound[thing] ?? '');
}

function malformedIn(place: Slot['place'], thing: Slot['thing']): Expected {
  if (place === 'path') {
    return { statuses: [400, 404], codes: ['INVALID_ID', 'ROUTE_NOT_FOUND'], writes: 'nothing' };
  }
  if (place === 'body') return refusal(422, 'VALIDATION_FAILED');
  return refusal(400, thing.endsWith('cursor') ? 'INVALID_CURSOR' : 'INVALID_PARAMETER');
}

function refusal(status: number, code: string): Expected {
  return { statuses: [status], codes: [code], writes: 'nothing' };
}
