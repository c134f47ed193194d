import { expect, it } from 'vitest';
import { installPackage } from './package-manager.ts';

it('installs one package at a time, so that none meets the lock of another', async () => {
  const steps: string[] = [];
  const install = (name: string) => installPackage(name, (line) => steps.push(`${name}: ${line}`));
  const names = ['greencloud-no-such-package-a', 'greencloud-no-such-package-b'];
  const outcomes = await Promise.all(names.map(install));
  const [first = '', second = ''] = names;
  const order = steps.map((step) => step.slice(0, step.indexOf(':')));
  expect(order).toEqual([
    ...order.filter((name) => name === first),
    ...order.filter((name) => name === second),
  ]);
  for (const outcome of outcomes) {
    expect(outcome.kind).toBe('not-possible');
    expect(JSON.stringify(outcome)).not.toContain('lock');
  }
}, 60_000);
