import type { Random } from '../random.ts';
import type { Fault } from './fault.ts';

/**
 * Every fault once in each round, each time in another order, and those of one target evenly over
 * the round: a run of a minute is a part of a round, and chance alone would leave a target out.
 */
export function* roundsOf(faults: readonly Fault[], random: Random): Generator<Fault, never> {
  for (;;) yield* spread(faults, random);
}

function spread(faults: readonly Fault[], random: Random): Fault[] {
  const byTarget = Map.groupBy(random.shuffled(faults), ({ target }) => target);
  return [...byTarget.values()]
    .flatMap((own) =>
      own.map((fault, index) => ({ fault, place: (index + random.next()) / own.length })),
    )
    .toSorted((a, b) => a.place - b.place)
    .map(({ fault }) => fault);
}
