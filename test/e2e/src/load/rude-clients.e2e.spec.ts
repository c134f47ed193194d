import { expect, it } from 'vitest';
import { useSharedStack } from '../shared/shared-stack.ts';
import { measureSieges } from './rude-clients.ts';

const stack = useSharedStack();

// 100 ms on a quiet machine (`npm run measure`); here other tests may run beside.
const maxP99Ms = 1_000;
const maxRssMib = 300_000_000 / 2 ** 20;

it('rude clients do not keep the edge from answering others, nor make it grow past 300 MB', {
  timeout: 120_000,
}, async () => {
  const sieges = await measureSieges(stack(), 3);
  console.table(sieges.map(({ others, ...rest }) => ({ ...rest, ...others })));
  for (const { attack, refused, others, peakRss } of sieges) {
    expect({ attack, refused, fast: others.p99 < maxP99Ms, small: peakRss < maxRssMib }).toEqual({
      attack,
      refused: 0,
      fast: true,
      small: true,
    });
  }
  // The controls: they were there.
  const connectionsIn = new Map(sieges.map(({ attack, connections }) => [attack, connections]));
  expect(connectionsIn.get('idle connections')).toBeGreaterThan(1_900);
  expect(connectionsIn.get('slow bodies')).toBeGreaterThan(450);
});
