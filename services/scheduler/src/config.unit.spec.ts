import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';
import { quantumsOf } from './queue/weights.ts';
import { tenantId } from './placement/placement-fixtures.ts';

const required = {
  GC_DATABASE_URL: 'postgres://localhost/db',
  GC_NATS_URL: 'nats://localhost:4222',
  GC_TASK_COMMAND_ADDRESS: 'localhost:1',
  GC_LAMBDA_CATALOG_ADDRESS: 'localhost:2',
};

describe('the configuration', () => {
  it('has the times of the protocol by default', () => {
    expect(readConfig(required)).toMatchObject({
      GC_HEARTBEAT_MS: 5_000,
      GC_FENCE_AFTER_MS: 15_000,
      GC_LOST_AFTER_MS: 20_000,
    });
  });

  it('names everything that is missing at once', () => {
    for (const name of Object.keys(required)) expect(() => readConfig({})).toThrow(name);
  });

  it('refuses a node that is lost before it stops its work by itself', () => {
    const times = { GC_FENCE_AFTER_MS: '20000', GC_LOST_AFTER_MS: '10000' };
    expect(() => readConfig({ ...required, ...times })).toThrow('GC_LOST_AFTER_MS');
  });

  it('reads the weights of tenants', () => {
    const { GC_TENANT_WEIGHTS } = readConfig({ ...required, GC_TENANT_WEIGHTS: 'a=3, b=100' });
    const quantumOf = quantumsOf(GC_TENANT_WEIGHTS);
    expect(['a', 'b', 'c'].map(tenantId).map(quantumOf)).toEqual([30, 1_000, 10]);
  });

  it.each(['a', 'a=0', 'a=101', 'a=1;b=2', 'ä=1'])('refuses %j as weights', (weights) => {
    expect(() => readConfig({ ...required, GC_TENANT_WEIGHTS: weights })).toThrow('tenant=weight');
  });
});
