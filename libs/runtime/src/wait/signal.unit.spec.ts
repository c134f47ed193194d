import { expect, it } from 'vitest';
import { createSignal } from './signal.ts';
import { sleep } from './sleep.ts';

it('wakes who waits', async () => {
  const signal = createSignal();
  const waiting = signal.wait();
  signal.notify();
  expect(await waiting).toBe('notified');
});

it('remembers one notify, however many came before the wait', async () => {
  const signal = createSignal();
  signal.notify();
  signal.notify();
  expect(await signal.wait()).toBe('notified');
  expect(await signal.wait(undefined, 1)).toBe('timed-out');
});

it('forgets a notify that woke somebody', async () => {
  const signal = createSignal();
  const waiting = signal.wait(undefined, 1_000);
  signal.notify();
  await waiting;
  expect(await signal.wait(undefined, 1)).toBe('timed-out');
});

it('ends a wait at an abort, before it or during it', async () => {
  const abort = new AbortController();
  const waiting = createSignal().wait(abort.signal, 60_000);
  abort.abort();
  expect(await waiting).toBe('aborted');
  expect(await createSignal().wait(abort.signal)).toBe('aborted');
});

it('sleeps until its time or until an abort', async () => {
  const abort = new AbortController();
  expect(await sleep(1, abort.signal)).toBe('elapsed');
  const long = sleep(60_000, abort.signal);
  abort.abort();
  expect(await long).toBe('aborted');
  expect(await sleep(60_000, abort.signal)).toBe('aborted');
});
