import { DomainError } from '@greencloud/domain';
import {
  CallStreamServiceService,
  type ExchangeRequest,
  type ExchangeResponse,
} from '@greencloud/proto/rpc/v1/call_stream';
import type { Client, ClientDuplexStream, Metadata } from '@grpc/grpc-js';
import { LONGEST_CALL_MS } from '../../channel-options.ts';
import { deadlinePassed } from '../../service/call-context.ts';
import { decodeRichStatus } from '../../status/rich-status.ts';
import { reasonOf } from '../unary-call.ts';

/** The stream has ended before the answer came: the call may have been carried out. */
export class StreamLostError extends Error {
  override readonly name = 'StreamLostError';
}

export interface CallToSend {
  /** `/package.Service/Method`. */
  readonly method: string;
  readonly request: Buffer;
  /** Unix ms. */
  readonly deadline: number;
  readonly signal: AbortSignal | undefined;
}

interface OpenCall {
  readonly resolve: (response: Buffer) => void;
  readonly reject: (error: unknown) => void;
}

const MOST_CALLS = 2 ** 32 - 1;
const { exchange } = CallStreamServiceService;

/** One stream for many unary calls, from its opening to its end. */
export class CallStream {
  readonly #stream: ClientDuplexStream<ExchangeRequest, ExchangeResponse>;
  readonly #calls = new Map<number, OpenCall>();
  readonly #onOpen: () => void;
  #state: 'opening' | 'open' | 'retired' | 'ended' = 'opening';
  #lastId = 0;

  constructor(
    client: Client,
    metadata: Metadata,
    on: { readonly open: () => void; readonly end: () => void },
  ) {
    this.#onOpen = on.open;
    this.#stream = client.makeBidiStreamRequest(
      exchange.path,
      exchange.requestSerialize,
      exchange.responseDeserialize,
      metadata,
    );
    this.#stream.on('data', (answer) => this.#receive(answer));
    // What it says is what `status` says.
    this.#stream.on('error', () => undefined);
    this.#stream.once('status', () => {
      this.#end();
      on.end();
    });
  }

  /** Whether a call sent now would leave now. */
  get canSend(): boolean {
    return this.#state === 'open' && !this.#stream.writableNeedDrain;
  }

  /** Rejects with what the server threw, at the deadline, at an abort, and with StreamLostError. */
  call({ method, request, deadline, signal }: CallToSend): Promise<Buffer> {
    const timeoutMs = Math.min(Math.max(0, Math.ceil(deadline - Date.now())), LONGEST_CALL_MS);
    const callId = this.#nextId();
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    this.#calls.set(callId, { resolve, reject });
    const giveUp = (error: DomainError) => {
      if (this.#calls.delete(callId)) reject(error);
    };
    const late = setTimeout(() => giveUp(deadlinePassed()), timeoutMs);
    const onAbort = () => {
      giveUp(reasonOf(signal));
      this.#send({ callId, message: { $case: 'cancel', value: {} } });
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#send({ callId, message: { $case: 'call', value: { method, timeoutMs, request } } });
    return promise.finally(() => {
      clearTimeout(late);
      signal?.removeEventListener('abort', onAbort);
    });
  }

  /** Takes no more calls; those that are open still get their answers. */
  retire(): void {
    if (this.#state !== 'ended') this.#state = 'retired';
    this.#stream.end();
  }

  close(): void {
    this.#stream.cancel();
  }

  #send(request: ExchangeRequest): void {
    if (this.#state === 'open') this.#stream.write(request);
  }

  #receive({ callId, outcome }: ExchangeResponse): void {
    if (outcome?.$case === 'opened') return this.#opened();
    const call = this.#calls.get(callId);
    this.#calls.delete(callId);
    if (outcome?.$case === 'response') call?.resolve(outcome.value);
    else call?.reject(decodeRichStatus(outcome?.value ?? Buffer.alloc(0)) ?? unreadable());
  }

  #opened(): void {
    if (this.#state === 'opening') this.#state = 'open';
    this.#onOpen();
  }

  #end(): void {
    this.#state = 'ended';
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const { reject } of calls) reject(new StreamLostError());
  }

  #nextId(): number {
    do this.#lastId = (this.#lastId % MOST_CALLS) + 1;
    while (this.#calls.has(this.#lastId));
    return this.#lastId;
  }
}

function unreadable(): DomainError {
  return new DomainError('INTERNAL', 'a status that cannot be read');
}
