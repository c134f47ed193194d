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
  { act: 'quick', weight: 58 },
  { act: 'slow', weight: 22 },
  { act: 'large', weight: 3 },
  { act: 'cores', weight: 3 },
  { act: 'near', weight: 3 },
  { act: 'privileged', weight: 3 },
  { act: 'failing', weight: 6 },
  { act: 'endless', weight: 2 },
];

/** Enough for reads of tasks that still run, few enough for reads of tasks that just began. */
const FRESH = 20;
/** Of what may not have ended yet: what is cancelled and watched. */
const NEWEST = 3;
/** Of what ended minutes ago: whoever forgets an end for good is found by such a read. */
const REMEMBERED = 400;

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
    const id = known.length === 0 ? undefined : random.pick(known.slice(0, reachOf(act, random)));
    if (act === 'create' || id === undefined) {
      const made = await createOne(`${name}-${n}`, { calls, random, signal });
      if (made !== undefined) known.unshift(made);
      known.splice(REMEMBERED);
    } else if (act === 'list') await calls.list();
    else await use(act, id, calls, signal);
    await sleep(random.between(5, 120));
  }
}

type Use = Exclude<(typeof habits)[number]['act'], 'create' | 'list'>;

async function use(act: Use, id: string, calls: Calls, signal: AbortSignal): Promise<void> {
  if (act === 'watch') await watchToEnd(id, calls, signal);
  else await calls[act](id);
  // By the other edge, which does not know of the cancel.
  if (act === 'cancel') await calls.get(id);
}

function reachOf(act: (typeof habits)[number]['act'], random: Random): number {
  if (act === 'cancel' || act === 'watch') return random.pick([NEWEST, REMEMBERED]);
  return random.next() < 0.8 ? FRESH : REMEMBERED;
}

/** Over as many streams as it takes: each begins after what the last one has brought. */
async function watchToEnd(id: string, calls: Calls, signal: AbortSignal): Promise<void> {
  for (let after = 0; !signal.aborted; ) {
    const ending = await calls.watch(id, after);
    if (ending.kind === 'refused') return;
    if (ending.kind === 'answered') {
      const last = ending.answer.events.at(-1);
      if (ending.answer.came === 'cut' || last === undefined || last.type === 'TaskFinished')
        return;
      after = last.version;
    }
    await sleep(200);
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
