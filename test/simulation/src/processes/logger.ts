import type { Logger } from '@greencloud/runtime';
import type { Life } from '../time/life.ts';
import type { World } from '../time/world.ts';

type Level = 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** What a process logs becomes a line of the trace. */
export function createTraceLogger(world: World, life: Life): Logger {
  const say = (level: Level) => (first: unknown, second?: unknown) =>
    world.trace.note(world.now, life.name, () => lineOf(level, first, second));
  const logger = {
    debug: () => undefined,
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
    fatal: say('fatal'),
  };
  return logger as unknown as Logger;
}

function lineOf(level: Level, first: unknown, second: unknown): string {
  if (typeof first === 'string') return `${level}: ${first}`;
  return `${level}: ${String(second)} ${detailOf(first as object)}`;
}

function detailOf(fields: object): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${textOf(value)}`)
    .join(' ');
}

function textOf(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (typeof value !== 'object' || value === null) return String(value);
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'bigint' ? String(inner) : inner,
  );
}
