import { setTimeout as sleep } from 'node:timers/promises';
import type { LambdaName } from '../history/operation.ts';
import type { Random } from '../random.ts';
import type { Calls } from './calls.ts';

/** What a client does next, and how often of a hundred. */
const habits = [
  { act: 'create', weight: 45 },
  { act: 'get', weight: 25 },
  { act: 'result', weight: 12 },
  { act: 'list', weight: 6 },
  { act: 'watch', weight: 6 },
  { act: 'cancel', weight: 6 },
] as const;

const work: readonly { readonly act: LambdaName; readonly weight: number }[] = [
  { act: 'quick', weight: 62 },
  { act: 'slow', weight: 22 },
  { act: 'large', weight: 8 },
  { act: 'failing', weight: 6 },
  { act: 'endless', weight: 2 },
];

/** Enough for reads of tasks that still run, few enough for reads of tasks that just began. */
const REMEMBERED = 20;

export type ClientOptions = {
  readonly name: string;
  readonly calls: Calls;
  readonly random: Random;
  readonly signal: AbortSignal;
};

/** Works until the signal; then the call that it is in is the last. */
export async function runClient({ name, calls, random, signal }: ClientOptions): Promise<void> {
  const known: string[] = [];
  for (let n = 0; !signal.aborted; n++) {
    const act = weighted(habits, random);
    const id = known.length === 0 ? undefined : random.pick(known);
    if (act === 'create' || id === undefined) {
      const made = await createOne(`${name}-${n}`, { calls, random, signal });
      if (made !== undefined) known.unshift(made);
      known.splice(REMEMBERED);
    } else if (act === 'list') await calls.list();
    else await calls[act](id);
    await sleep(random.between(5, 120));
  }
}

/** With a key whatever is unknown is sent again; without one nobody may: it could be two tasks. */
async function createOne(
  ask: string,
  { calls, random, signal }: Omit<ClientOptions, 'name'>,
): Promise<string | undefined> {
  const key = random.next() < 0.6 ? `key-${ask}` : undefined;
  const asked = { ask, lambda: weighted(work, random), key };
  for (;;) {
    const ending = await calls.create(asked);
    if (ending.kind === 'answered') return ending.answer.id;
    if (ending.kind === 'refused' || key === undefined || signal.aborted) return undefined;
    await sleep(random.between(50, 500));
  }
}

function weighted<T>(choices: readonly { act: T; weight: number }[], random: Random): T {
  let rest = random.between(
    1,
    choices.reduce((sum, { weight }) => sum + weight, 0),
  );
  for (const { act, weight } of choices) {
    rest -= weight;
    if (rest <= 0) return act;
  }
  throw new Error('nothing to choose from');
}
