import { describe, expect, it } from 'vitest';
import { spread } from './run/spread.ts';
import { simulate } from './simulate.ts';

const seeds = [3, 4, 5, 6];

describe('a seed', { timeout: 120_000 }, () => {
  it('gives the same run twice, also in another process and after other runs', async () => {
    const hashes = new Map<number, string[]>();
    const note = ({ seed, hash }: { seed: number; hash: string }) => {
      hashes.set(seed, [...(hashes.get(seed) ?? []), hash]);
    };
    for (const seed of seeds) note(await simulate({ seed }));
    const onReport = (report: { seed: number; hash: string }) => {
      note(report);
      return 'go on' as const;
    };
    await spread({ seeds: seeds.toReversed(), workers: 1, onReport });
    for (const found of hashes.values()) expect(new Set(found).size, found.join()).toBe(1);
    expect(new Set([...hashes.values()].flat()).size).toBe(seeds.length);
  });

  it('gives the same run whether its trace is written or not', async () => {
    const lines: string[] = [];
    const traced = await simulate({ seed: 3, detail: 'all', print: (line) => lines.push(line) });
    const silent = await simulate({ seed: 3 });
    expect(traced.hash).toBe(silent.hash);
    expect(lines.length).toBeGreaterThan(traced.steps);
  });

  it('leaves the time and chance of everybody else alone', async () => {
    const before = Date.now();
    const running = simulate({ seed: 3 });
    const during = Date.now();
    await running;
    expect(during - before).toBeLessThan(1_000);
    expect(Date.now() - before).toBeLessThan(60_000);
    expect(Math.random()).not.toBe(Math.random());
  });
});
