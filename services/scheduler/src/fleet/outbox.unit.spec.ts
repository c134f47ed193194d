import { DomainError, parseCodeVersion, parseLambdaId } from '@greencloud/domain';
import { describe, expect, it } from 'vitest';
import { tenantId } from '../placement/placement-fixtures.ts';
import { taskId } from '../queue/queue-fixtures.ts';
import { createManualWorld } from '../testing/manual-world.ts';
import { realWorld } from '../world.ts';
import type { Assignment, ToNode } from './messages.ts';
import { Outbox } from './outbox.ts';

const assignment = (number: number, bytes = 0): Assignment => ({
  taskId: taskId(number),
  attempt: 1,
  tenantId: tenantId('a'),
  lambdaId: parseLambdaId('64058fee9956fae80d7e0e8e'),
  codeVersion: parseCodeVersion('64058fee9956fae80d7e0e8f'),
  timeoutSeconds: 10,
  memSize: 0,
  payload: { contentType: 'text/plain', body: new Uint8Array(bytes) },
});

const kinds = (messages: ToNode[]) => messages.map(({ kind }) => kind);
const never = new AbortController().signal;

describe('what a node is told', () => {
  it('comes in one message of each kind, stops before new work', () => {
    const outbox = new Outbox(realWorld);
    outbox.assign(assignment(1));
    outbox.ack(3n);
    outbox.assign(assignment(2));
    outbox.fence({ taskId: taskId(9), attempt: 1 });
    outbox.ack(4n);
    const messages = outbox.take();
    expect(kinds(messages)).toEqual(['fencings', 'report-acks', 'assignments']);
    expect(messages[1]).toEqual({ kind: 'report-acks', upTo: 4n });
    expect(outbox.take()).toEqual([]);
  });

  it('is split before a message grows too large', () => {
    const outbox = new Outbox(realWorld);
    for (let i = 0; i < 20; i++) outbox.assign(assignment(i, 256 * 1024));
    const sizes = outbox.take().map((message) => {
      if (message.kind !== 'assignments') throw new Error(message.kind);
      return message.assignments.length;
    });
    expect(sizes).toEqual([8, 8, 4]);
  });

  it('does not include an assignment that ended before it was sent', () => {
    const outbox = new Outbox(realWorld);
    outbox.assign(assignment(1));
    outbox.cancel({ taskId: taskId(1), attempt: 1 });
    expect(kinds(outbox.take())).toEqual(['cancellations']);
  });

  it('is all delivered before the stream ends with its reason', async () => {
    const outbox = new Outbox(realWorld);
    const seen: ToNode[] = [];
    const reading = (async () => {
      for await (const message of outbox.messages(never)) seen.push(message);
    })();
    outbox.fence({ taskId: taskId(1), attempt: 1 });
    outbox.end(new DomainError('FORBIDDEN', 'disabled'));
    await expect(reading).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(kinds(seen)).toEqual(['fencings']);
  });

  it('has acknowledgements with the next word, or without one after a moment', async () => {
    const world = createManualWorld();
    const outbox = new Outbox(world);
    const reading = outbox.messages(never);
    outbox.ack(1n);
    const first = reading.next();
    outbox.assign(assignment(1));
    await world.pass(0);
    expect((await first).value).toEqual({ kind: 'report-acks', upTo: 1n });
    expect((await reading.next()).value).toMatchObject({ kind: 'assignments' });
    outbox.ack(2n);
    outbox.ack(3n);
    const alone = reading.next();
    await world.pass(1_000);
    expect((await alone).value).toEqual({ kind: 'report-acks', upTo: 3n });
  });

  it('ends without a word when nobody listens any more', async () => {
    const outbox = new Outbox(realWorld);
    const abort = new AbortController();
    const reading = outbox.messages(abort.signal).next();
    abort.abort();
    expect(await reading).toEqual({ done: true, value: undefined });
  });
});
