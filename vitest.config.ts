import { defineConfig } from 'vitest/config';

const source = { conditions: ['@greencloud/source', 'node', 'module', 'development'] };

export default defineConfig({
  resolve: source,
  ssr: { resolve: source },
  test: {
    // A condition that is polled waits as long as `eventually` does.
    expect: { poll: { timeout: 10_000 } },
    // No retries: a test that passes only when tried again has found something.
    // One project after the other: a stack of twelve processes beside other tests starves on 2 cores.
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{libs,services,deploy,test}/**/src/**/*.unit.spec.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['{libs,services,deploy,test/simulation}/**/src/**/*.int.spec.ts'],
          globalSetup: ['@greencloud/testing/global-setup'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/src/**/*.e2e.spec.ts'],
          globalSetup: ['test/e2e/src/shared/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'simulation',
          include: ['test/simulation/src/**/*.sim.spec.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
      {
        extends: true,
        test: {
          name: 'chaos',
          include: ['test/chaos/src/**/*.chaos.spec.ts'],
          fileParallelism: false,
          // Not tried again: what one run in ten shows is what it is for.
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});
