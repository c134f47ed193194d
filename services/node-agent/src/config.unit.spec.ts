import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

const least = {
  GC_SCHEDULER_ADDRESS: '127.0.0.1:4000',
  GC_NODE_ID: '1A061CFD-df01-4b02-a067-5122c5941e15',
  GC_NODE_TOKEN: 'secret-token',
};

describe('the configuration of a node', () => {
  it('takes the rest from the machine', () => {
    const config = readConfig(least);
    expect(config.GC_NODE_ID).toBe('1a061cfd-df01-4b02-a067-5122c5941e15');
    expect(config.GC_CPU_COUNT).toBeGreaterThan(0);
    expect(config.GC_MEM_SIZE).toBeGreaterThan(63);
    expect(config).toMatchObject({ GC_DRAIN_MS: 30_000, GC_ALLOW_UNSANDBOXED: false });
  });

  it('trusts nobody unless told', () => {
    expect(readConfig(least).GC_TRUSTED_TENANTS).toEqual([]);
    expect(readConfig({ ...least, GC_TRUSTED_TENANTS: 'a, b' }).GC_TRUSTED_TENANTS).toEqual([
      'a',
      'b',
    ]);
  });

  it.each([
    ['localhost', 'localhost:4000', {}],
    ['a loopback address', '[::1]:4000', {}],
    ['who vouches for the scheduler', 'scheduler.example:4000', { GC_CA_FILE: '/ca.pem' }],
    ['an explicit yes', 'scheduler.example:4000', { GC_ALLOW_PLAINTEXT: 'true' }],
  ])('sends its token to %s', (_, address, change) => {
    expect(() => readConfig({ ...least, ...change, GC_SCHEDULER_ADDRESS: address })).not.toThrow();
  });

  it.each(['scheduler.example:4000', '127.0.0.1:4000,10.0.0.7:4000', '127.evil.example:4000'])(
    'refuses to send its token to %s in clear text',
    (address) => {
      expect(() => readConfig({ ...least, GC_SCHEDULER_ADDRESS: address })).toThrow(
        /GC_CA_FILE[^]*GC_ALLOW_PLAINTEXT/,
      );
    },
  );

  it('names every bad variable at once, and no secret', () => {
    const read = () =>
      readConfig({ ...least, GC_NODE_ID: 'x', GC_SLOTS: '0', GC_NODE_TOKEN_FILE: '/secret-file' });
    expect(read).toThrow(/GC_NODE_ID[^]*GC_SLOTS/);
    expect(read).not.toThrow(/secret-token/);
  });

  it.each([
    ['neither a token nor its file', { GC_NODE_TOKEN: '' }],
    ['both', { GC_NODE_TOKEN_FILE: '/run/token' }],
  ])('refuses %s', (_, change) => {
    expect(() => readConfig({ ...least, ...change })).toThrow(/GC_NODE_TOKEN/);
  });
});
