import { expect, it } from 'vitest';
import { z } from 'zod';
import { zAddresses, zBoolean, zInteger, zList, zMilliseconds, zUrl } from './fields.ts';
import { ConfigError, parseConfig } from './parse-config.ts';
import { serviceFields } from './service-fields.ts';

const schema = z.object({
  ...serviceFields,
  GC_SLOTS: zInteger({ min: 1, max: 64 }),
  GC_NODE_TOKEN: z.string().min(20).optional(),
  GC_DATABASE_URL: zUrl('postgres:', 'postgresql:'),
  GC_PRIVILEGED: zBoolean.default(false),
});

const good = { GC_SLOTS: '4', GC_DATABASE_URL: 'postgres://u:secret@h/db' };

function problemsOf(env: Record<string, string | undefined>): readonly string[] {
  try {
    parseConfig(schema, env);
    return [];
  } catch (error) {
    return error instanceof ConfigError ? error.problems : [String(error)];
  }
}

it('gives a frozen object with defaults and converted values', () => {
  const config = parseConfig(schema, { ...good, GC_PRIVILEGED: 'yes', UNKNOWN: 'x' });
  expect(config).toMatchObject({
    GC_SLOTS: 4,
    GC_PRIVILEGED: true,
    GC_GRPC_ADDRESS: '127.0.0.1:0',
    GC_LOG_LEVEL: 'info',
  });
  expect(config.GC_REPLICA).toMatch(new RegExp(`-${process.pid}$`));
  expect(Object.isFrozen(config)).toBe(true);
});

it('takes an empty variable for one that is not set', () => {
  expect(parseConfig(schema, { ...good, GC_ADMIN_ADDRESS: '' }).GC_ADMIN_ADDRESS).toBe(
    '127.0.0.1:0',
  );
  expect(problemsOf({ ...good, GC_SLOTS: '' })).toEqual([
    expect.stringContaining('GC_SLOTS is not set'),
  ]);
});

it('names every bad variable in one error', () => {
  expect(problemsOf({ GC_SLOTS: '0', GC_GRPC_ADDRESS: 'here', GC_LOG_LEVEL: 'loud' })).toEqual([
    'GC_GRPC_ADDRESS: must be host:port, got "here"',
    expect.stringMatching(/^GC_LOG_LEVEL: .*got "loud"$/),
    'GC_SLOTS: must be 1..64, got "0"',
    expect.stringContaining('GC_DATABASE_URL is not set'),
  ]);
});

it('never shows the value of a secret', () => {
  const env = { ...good, GC_NODE_TOKEN: 'hunter2', GC_DATABASE_URL: 'mysql://u:hunter2@h/db' };
  const message = problemsOf(env).join('\n');
  expect(message).toContain('GC_NODE_TOKEN');
  expect(message).toContain('GC_DATABASE_URL');
  expect(message).not.toContain('hunter2');
});

it.each([
  ['1.5', zInteger({ min: 0, max: 9 })],
  ['0x1f', zMilliseconds],
  ['', zMilliseconds],
  ['maybe', zBoolean],
  ['a:1,b', zAddresses],
  ['not a url', zUrl('nats:')],
])('refuses %j', (text, field) => {
  expect(field.safeParse(text).success).toBe(false);
});

it.each([
  ['TRUE', zBoolean, true],
  ['off', zBoolean, false],
  [' a, ,b ', zList, ['a', 'b']],
  ['127.0.0.1:1, [::1]:2', zAddresses, '127.0.0.1:1, [::1]:2'],
])('reads %j', (text, field, value) => {
  expect(field.parse(text)).toEqual(value);
});
