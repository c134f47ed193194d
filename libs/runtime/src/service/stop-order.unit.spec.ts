import { expect, it } from 'vitest';
import { createLogger } from '../log/logger.ts';
import { createStopOrder } from './stop-order.ts';

const logger = createLogger({ service: 'test', level: 'silent' });

it('stops in reverse order, one after the other', async () => {
  const order = createStopOrder(logger);
  const seen: string[] = [];
  for (const name of ['postgres', 'batcher', 'server']) {
    order.add(name, async () => {
      seen.push(`${name} stops`);
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(`${name} stopped`);
    });
  }
  expect(await order.stopAll()).toBe('clean');
  expect(seen).toEqual(
    ['server', 'batcher', 'postgres'].flatMap((name) => [`${name} stops`, `${name} stopped`]),
  );
});

it('stops the rest after a part that fails, and says so', async () => {
  const order = createStopOrder(logger);
  const seen: string[] = [];
  order.add('postgres', () => void seen.push('postgres'));
  order.add('server', () => Promise.reject(new Error('stuck')));
  expect(await order.stopAll()).toBe('failed');
  expect(seen).toEqual(['postgres']);
});

it('also stops a part that was added while stopping', async () => {
  const order = createStopOrder(logger);
  const seen: string[] = [];
  order.add('server', () => order.add('late', () => void seen.push('late')));
  await order.stopAll();
  expect(seen).toEqual(['late']);
});
