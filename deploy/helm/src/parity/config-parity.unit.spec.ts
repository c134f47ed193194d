import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inChart, inRepository } from '../repository.ts';
import { configOf, schemaOf, textOf, variableOf, wiredVariables } from './chart-values.ts';
import { type ConfigReaders, readersOf, services, variablesOf } from './service-config.ts';

const readme = readFileSync(inChart('README.md'), 'utf8');
// Of a log for many machines; it can never be changed afterwards.
const deliberate = new Set(['partitions']);

describe.each(services)('$folder', (service) => {
  const { folder, component, needed } = service;
  const config = configOf(component);
  const keys = Object.keys(config);

  it('reads nothing that the chart does not set, and the chart sets nothing that it does not read', () => {
    const wired = [...wiredVariables()].filter(([, names]) => names.includes(folder));
    const settable = [...keys.map(variableOf), ...wired.map(([variable]) => variable)];
    expect(settable.toSorted()).toEqual([...variablesOf(service)].toSorted());
  });

  it('has each key of its config in the schema, in the README of the chart and in its own', () => {
    expect(Object.keys(schemaOf(component)).toSorted()).toEqual(keys.toSorted());
    const own = readFileSync(inRepository(`services/${folder}/README.md`), 'utf8');
    const missing = [
      ...keys.filter((key) => !readme.includes(`| ${component}.config.${key} |`)),
      ...[...variablesOf(service)].filter((variable) => !own.includes(`\`${variable}\``)),
    ];
    expect(missing).toEqual([]);
  });

  it('has the same defaults here and there', async () => {
    const { readConfig } = await readersOf(service);
    const given = Object.entries(config).flatMap(([key, value]) => {
      const text = textOf(value);
      return text === undefined || deliberate.has(key) ? [] : [[variableOf(key), text] as const];
    });
    const replica = { GC_REPLICA: 'x' };
    expect(readConfig({ ...needed, ...replica, ...Object.fromEntries(given) })).toEqual(
      readConfig({ ...needed, ...replica }),
    );
  });

  it('accepts exactly the numbers that the schema accepts', async () => {
    const readers = await readersOf(service);
    for (const [key, { minimum, maximum }] of Object.entries(schemaOf(component))) {
      if (minimum === undefined || maximum === undefined) continue;
      const accepts = (value: number) =>
        accepted(readers, { ...needed, [variableOf(key)]: `${value}` }, key);
      expect([key, accepts(minimum - 1), accepts(maximum + 1)]).toEqual([key, false, false]);
      // A bound may break a rule between two keys; a number that stays inside of both does not.
      if (component !== 'scheduler') {
        expect([key, accepts(minimum), accepts(maximum)]).toEqual([key, true, true]);
      }
    }
  });
});

function accepted(readers: ConfigReaders, env: Record<string, string>, key: string): boolean {
  const read = deliberate.has(key) ? readers.readMigrationConfig : readers.readConfig;
  try {
    read?.(env);
    return true;
  } catch {
    return false;
  }
}

it('says of every value in the README what the schema calls it (control: a key that is nowhere)', () => {
  expect(readme).not.toContain('| edge.config.nowhere |');
  expect(variableOf('codeCacheMib')).toBe('GC_CODE_CACHE_MIB');
});
