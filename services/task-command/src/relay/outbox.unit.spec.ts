import { expect, it } from 'vitest';
import { newTaskId, tenant } from '../log/log-fixtures.ts';
import type { StoredEvent } from '../log/stored-event.ts';
import { createOutbox } from './outbox.ts';

const taskId = newTaskId();

function events(from: number, to: number): StoredEvent[] {
  return Array.from({ length: to - from + 1 }, (_, index) => ({
    partition: 0,
    position: BigInt(from + index),
    taskId,
    version: 1,
    type: 'TaskProgressed' as const,
    eventId: '',
    commandId: '',
    tenantId: tenant,
    recordedAt: 0,
    data: Buffer.alloc(0),
  }));
}

const positions = (next: ReturnType<ReturnType<typeof createOutbox>['next']>) =>
  typeof next === 'string' ? next : next.map(({ position }) => Number(position));

/** As after the leader has read the log up to its head. */
function caughtUp() {
  const outbox = createOutbox();
  expect(outbox.next(0n, 10)).toBe('read the log');
  return outbox;
}

it('begins with the log, since nobody knows what was committed before', () => {
  const outbox = createOutbox();
  expect(positions(outbox.next(0n, 10))).toBe('read the log');
  expect(positions(outbox.next(0n, 10))).toBe('nothing');
});

it('gives what was offered without a look into the log', () => {
  const outbox = caughtUp();
  outbox.offer(events(1, 3));
  outbox.offer(events(4, 5));
  expect(positions(outbox.next(0n, 4))).toEqual([1, 2, 3, 4]);
  expect(positions(outbox.next(4n, 4))).toEqual([5]);
  expect(positions(outbox.next(5n, 4))).toBe('nothing');
});

it('drops what was published meanwhile', () => {
  const outbox = caughtUp();
  outbox.offer(events(1, 5));
  expect(positions(outbox.next(3n, 10))).toEqual([4, 5]);
});

it('reads the log where another replica has written between', () => {
  const outbox = caughtUp();
  outbox.offer(events(1, 2));
  outbox.offer(events(5, 6));
  expect(positions(outbox.next(0n, 10))).toEqual([1, 2]);
  expect(positions(outbox.next(2n, 10))).toBe('read the log');
  expect(positions(outbox.next(6n, 10))).toBe('nothing');
});

it('reads the log before what was offered when that does not follow', () => {
  const outbox = caughtUp();
  outbox.offer(events(3, 4));
  expect(positions(outbox.next(0n, 10))).toBe('read the log');
  expect(positions(outbox.next(2n, 10))).toEqual([3, 4]);
});

it('reads the log after a commit of unknown events, a wake, and a wait without either', async () => {
  const outbox = caughtUp();
  outbox.offer([]);
  expect(positions(outbox.next(0n, 10))).toBe('read the log');
  outbox.wake();
  await outbox.wait(AbortSignal.timeout(1_000));
  expect(positions(outbox.next(0n, 10))).toBe('read the log');
  await outbox.wait(AbortSignal.timeout(1_000));
  expect(positions(outbox.next(0n, 10))).toBe('read the log');
});

it('forgets what does not fit and reads it again', () => {
  const outbox = caughtUp();
  for (let from = 1; from <= 5_000; from += 100) outbox.offer(events(from, from + 99));
  let after = 0n;
  for (
    let next = outbox.next(after, 512);
    typeof next !== 'string';
    next = outbox.next(after, 512)
  ) {
    after = next.at(-1)?.position ?? after;
  }
  expect(after).toBe(4_000n);
  outbox.offer(events(5_001, 5_010));
  expect(positions(outbox.next(after, 512))).toBe('read the log');
});
