import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLogger } from '../log/logger.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { type AdminServer, startAdminServer } from './admin-server.ts';
import { createHealth, type Health } from './health.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
let health: Health;
let admin: AdminServer;

beforeEach(async () => {
  health = createHealth();
  const metrics = createMetrics('test');
  metrics.counter('tasks', 'Tasks seen').add(2, { outcome: 'lost' });
  metrics.gauge('waiting', 'Tasks that wait', () => [
    { value: 3, labels: { partition: '0' } },
    { value: 4, labels: { partition: '1' } },
  ]);
  metrics.histogram('append_seconds', 'Time of an append', [0.01, 1]).record(0.5);
  admin = await startAdminServer({ address: '127.0.0.1:0', health, metrics, logger });
});
afterEach(() => admin.close());

const get = (path: string, init?: RequestInit) => fetch(`${admin.url}${path}`, init);

it('is live from the start, and ready only in the state ready', async () => {
  expect((await get('/livez')).status).toBe(200);
  expect((await get('/readyz')).status).toBe(503);
  health.set('ready');
  expect((await get('/readyz')).status).toBe(200);
  health.set('draining');
  expect((await get('/readyz')).status).toBe(503);
  expect((await get('/livez')).status).toBe(200);
});

it('is not ready while a check has a problem, and says which', async () => {
  health.set('ready');
  let problem: string | undefined = 'no connection';
  health.addCheck('postgres', () => problem);
  const cutOff = await get('/readyz');
  expect(cutOff.status).toBe(503);
  expect(await cutOff.json()).toEqual({
    state: 'ready',
    problems: [{ name: 'postgres', problem: 'no connection' }],
  });
  problem = undefined;
  expect((await get('/readyz')).status).toBe(200);
});

it('shows counters, gauges and histograms as Prometheus text', async () => {
  const response = await get('/metrics');
  expect(response.headers.get('content-type')).toContain('text/plain');
  const lines = (await response.text()).split('\n');
  expect(lines).toContain('greencloud_tasks_total{outcome="lost"} 2');
  expect(lines).toContain('# HELP greencloud_waiting Tasks that wait');
  expect(lines).toContain('greencloud_waiting{partition="1"} 4');
  expect(lines).toContain('greencloud_append_seconds_bucket{le="0.01"} 0');
  expect(lines).toContain('greencloud_append_seconds_bucket{le="1"} 1');
});

it('shows what the process uses', async () => {
  const text = await (await get('/metrics')).text();
  expect(text).toMatch(/^greencloud_process_memory_bytes\{kind="resident"\} \d{7,}$/m);
  expect(text).toMatch(/^greencloud_event_loop_delay_seconds\{quantile="0.99"\} \d/m);
});

it('refuses other paths and methods', async () => {
  expect((await get('/')).status).toBe(404);
  expect((await get('/livez', { method: 'POST' })).status).toBe(405);
});

it('refuses an address that is none', async () => {
  const metrics = createMetrics('test');
  const started = startAdminServer({ address: 'nowhere', health, metrics, logger });
  await expect(started).rejects.toThrow('nowhere is not host:port');
});
