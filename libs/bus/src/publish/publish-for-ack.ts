import type { JetStreamClient } from 'nats';
import type { ChainedMessage } from './chained-message.ts';
import type { Outcome } from './chain-outcome.ts';
import type { Connection } from '../connection/connection.ts';
import { failureOf } from '../connection/nats-error.ts';

export interface AckPorts {
  readonly js: Pick<JetStreamClient, 'publish'>;
  readonly connection: Pick<Connection, 'status' | 'onStatus'>;
}

const ackTimeoutMs = 5_000;

/** Never rejects. */
export async function publishForAck(
  js: AckPorts['js'],
  { subject, bytes, msgID, expect }: ChainedMessage,
): Promise<Outcome> {
  try {
    const ack = await js.publish(subject, bytes, { msgID, expect, timeout: ackTimeoutMs });
    return { kind: ack.duplicate ? 'duplicate' : 'stored', sequence: ack.seq };
  } catch (error) {
    return { kind: 'failed', failure: failureOf(error), detail: String(error) };
  }
}

const unknownOutcome: Outcome = { kind: 'failed', failure: 'timeout', detail: 'disconnected' };

/** A cut connection ends the wait: nobody will bring the ack. */
export async function unlessCut(
  connection: AckPorts['connection'],
  send: () => Promise<Outcome>,
): Promise<Outcome> {
  const cut = Promise.withResolvers<Outcome>();
  const unwatch = connection.onStatus(() => cut.resolve(unknownOutcome));
  return await Promise.race([send(), cut.promise]).finally(unwatch);
}
