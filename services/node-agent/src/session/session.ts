import { setImmediate as endOfTick } from 'node:timers/promises';
import type { Signal } from '@greencloud/runtime';
import { Heart } from './heart.ts';
import type { Lease } from './lease.ts';
import type { FromScheduler, Order, SessionStream, ToScheduler, Welcome } from './messages.ts';
import type { ReportOutbox } from './report-outbox.ts';

export interface SessionOptions {
  readonly stream: SessionStream;
  readonly hello: ToScheduler;
  readonly outbox: ReportOutbox;
  /** Notified when the outbox has something to send. */
  readonly outgoing: Signal;
  readonly lease: Lease;
  readonly onWelcome: (welcome: Welcome) => void;
  readonly onAcknowledged: () => void;
  readonly onOrder: (order: Order) => void;
}

const WELCOME_LIMIT_MS = 10_000;

/**
 * One stream from Hello to its end. Resolves when a welcomed stream ends well, and rejects with
 * why it did not; what was not acknowledged stays in the outbox for the next one.
 */
export async function runSession(options: SessionOptions): Promise<void> {
  const { stream, outbox, lease } = options;
  const helloAt = performance.now();
  await stream.send(options.hello);
  const messages = stream.messages[Symbol.asyncIterator]();
  const welcome = await receiveWelcome(messages, stream);
  const heart = new Heart((sequence) => ignoreEnd(stream.send({ kind: 'heartbeat', sequence })));
  const ended = new AbortController();
  lease.renew(helloAt, welcome.fenceAfterMs);
  outbox.restart();
  options.onWelcome(welcome);
  heart.start(welcome.heartbeatMs);
  ignoreEnd(sendReports(options, ended.signal));
  try {
    await receive(messages, options, heart, welcome);
  } finally {
    heart.stop();
    ended.abort();
  }
}

async function receiveWelcome(
  messages: AsyncIterator<FromScheduler>,
  stream: SessionStream,
): Promise<Welcome> {
  const limit = setTimeout(() => stream.cancel(), WELCOME_LIMIT_MS);
  const { done, value } = await messages.next().finally(() => clearTimeout(limit));
  if (done !== true && value.kind === 'welcome') return value;
  stream.cancel();
  throw new Error(done === true ? 'the scheduler ended the session' : `no welcome: ${value.kind}`);
}

async function receive(
  messages: AsyncIterator<FromScheduler>,
  options: SessionOptions,
  heart: Heart,
  welcome: Welcome,
): Promise<void> {
  for (;;) {
    const { done, value } = await messages.next();
    if (done === true) return;
    if (value.kind === 'heartbeat-ack') {
      const sentAt = heart.answered(value.sequence);
      if (sentAt !== undefined) options.lease.renew(sentAt, welcome.fenceAfterMs);
    } else receiveOne(value, options);
  }
}

function receiveOne(message: FromScheduler, options: SessionOptions): void {
  switch (message.kind) {
    case 'report-acks':
      options.outbox.acknowledge(message.upTo);
      return options.onAcknowledged();
    case 'assignments':
    case 'cancellations':
    case 'fencings':
    case 'drain':
      return options.onOrder(message);
    case 'welcome':
    case 'heartbeat-ack':
    case 'unknown':
      return undefined;
    default:
      return message satisfies never;
  }
}

/** All that is reported in one tick goes in one message, and all that waits for room in the next. */
async function sendReports(
  { stream, outbox, outgoing }: SessionOptions,
  ended: AbortSignal,
): Promise<void> {
  while (!ended.aborted) {
    const reports = outbox.take();
    if (reports.length > 0) await stream.send({ kind: 'reports', reports });
    else {
      await outgoing.wait(ended);
      await endOfTick();
    }
  }
}

/** The stream has ended; the reader is told why. */
function ignoreEnd(sent: Promise<void>): void {
  sent.catch(() => undefined);
}
