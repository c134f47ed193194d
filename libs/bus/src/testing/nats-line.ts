import { ErrorCode } from 'nats';
import type { BusStatus } from '../messages.ts';
import { natsError } from './nats-refusals.ts';

/** The connection between a client and the server; a simulation makes it slow, cut or silent. */
export interface NatsLine {
  status(): BusStatus;
  onStatus(listener: (status: BusStatus) => void): () => void;
  /** Does it at the server, and answers what came of it; never settles when either way is lost. */
  request<T>(what: string, act: () => T): Promise<T>;
  /** From the server to the client. */
  push(what: string, act: () => void): void;
  after(ms: number, act: () => void): () => void;
  close(): void;
}

const requestTimeoutMs = 5_000;

/** The answer, or the client's own timeout. */
export function requestOver<T>(
  line: NatsLine,
  what: string,
  act: () => T,
  timeoutMs = requestTimeoutMs,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = line.after(timeoutMs, () => {
      reject(natsError('timeout', ErrorCode.Timeout));
    });
    void line.request(what, act).then((answer) => {
      cancel();
      resolve(answer);
    });
  });
}
