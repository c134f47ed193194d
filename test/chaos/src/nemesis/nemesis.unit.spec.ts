import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import type { Fault, Harm, Target } from './fault.ts';
import { runNemesis } from './nemesis.ts';

function fault(target: Target, harm: Harm, strike: Fault['strike'] = async () => 'struck'): Fault {
  return { target, harm, strike };
}

it('counts what struck, and not what missed', async () => {
  const ending = new AbortController();
  const faults = [
    fault('edge', 'killed', async () => {
      ending.abort();
      return 'struck';
    }),
    fault('nats', 'killed', async () => 'missed'),
  ];
  const struck = await runNemesis({
    faults,
    lanes: 1,
    random: createRandom(1),
    signal: ending.signal,
  });
  expect(struck.map((each) => each.fault.target)).toEqual(['edge']);
});

it('never harms one target in two ways at once', async () => {
  const ending = new AbortController();
  let within = 0;
  let most = 0;
  let strikes = 0;
  const careful = fault('postgres', 'killed', async () => {
    within += 1;
    most = Math.max(most, within);
    await turn();
    within -= 1;
    strikes += 1;
    if (strikes === 3) ending.abort();
    return 'struck';
  });
  await runNemesis({ faults: [careful], lanes: 2, random: createRandom(2), signal: ending.signal });
  expect(most).toBe(1);
});
