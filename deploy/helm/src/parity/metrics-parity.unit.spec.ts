import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { inChart, inRepository } from '../repository.ts';

// An alert on a metric that nobody makes never fires, and a panel of it stays empty.
const readers = ['files/dashboard.json', 'templates/monitoring.yaml', 'templates/autoscaling.yaml'];
const made = new Set(
  globSync('{services,libs}/*/src/**/*.ts', { cwd: inRepository('') })
    .filter((path) => !path.endsWith('.spec.ts'))
    .flatMap((path) => [...readFileSync(inRepository(path), 'utf8').matchAll(/'([a-z_]+)'/g)])
    .map(([, name]) => name),
);

it.each(readers)('%s asks for metrics only that a service makes', (path) => {
  const asked = readFileSync(inChart(path), 'utf8').match(/greencloud_[a-z_]+/g) ?? [];
  expect(asked).not.toEqual([]);
  expect([...new Set(asked)].filter((name) => !isMade(name))).toEqual([]);
});

it('misses a metric that nobody makes (control)', () => {
  expect(isMade('greencloud_relay_lag')).toBe(true);
  expect(isMade('greencloud_relay_leg')).toBe(false);
});

/** The prefix is libs/runtime's, `_total` a counter's, the others a histogram's. */
function isMade(metric: string): boolean {
  const name = metric.replace(/^greencloud_/, '');
  return [name, name.replace(/_(total|bucket|count|sum)$/, '')].some((it) => made.has(it));
}
