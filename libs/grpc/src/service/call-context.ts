import { DomainError } from '@greencloud/domain';
import type { Metadata } from '@grpc/grpc-js';

/** What a handler knows of its call. May be given to a client as the options of a further call. */
export interface CallContext {
  /** Aborted with a DomainError on cancel and deadline; streams also when the server drains. */
  readonly signal: AbortSignal;
  /** Unix milliseconds; Infinity for a stream without one. */
  readonly deadline: number;
  readonly metadata: Metadata;
  /** Address of the caller. */
  readonly peer: string;
}

interface SurfaceCall {
  readonly metadata: Metadata;
  readonly cancelled: boolean;
  getPeer(): string;
  getDeadline(): Date | number;
  once(event: 'cancelled', listener: () => void): unknown;
}

// A class with lazy parts: most unary calls never look at their signal, and an AbortController
// with its listener costs about as much as the rest of the adapter.
export class ServerCallContext implements CallContext {
  readonly deadline: number;
  readonly #call: SurfaceCall;
  #controller: AbortController | undefined;
  #state: 'open' | 'ended' = 'open';

  constructor(call: SurfaceCall) {
    this.#call = call;
    this.deadline = Number(call.getDeadline());
  }

  get metadata(): Metadata {
    return this.#call.metadata;
  }

  get peer(): string {
    return this.#call.getPeer();
  }

  get signal(): AbortSignal {
    this.#controller ??= this.#listen();
    return this.#controller.signal;
  }

  abort(reason: DomainError): void {
    this.#controller ??= this.#listen();
    if (this.#state === 'open') this.#controller.abort(reason);
  }

  /** After this nothing aborts any more: grpc-js says `cancelled` at the end of every call. */
  end(): void {
    this.#state = 'ended';
  }

  #listen(): AbortController {
    const controller = new AbortController();
    if (this.#call.cancelled) controller.abort(this.#reason());
    else {
      this.#call.once('cancelled', () => {
        if (this.#state === 'open') controller.abort(this.#reason());
      });
    }
    return controller;
  }

  #reason(): DomainError {
    return Date.now() >= this.deadline ? deadlinePassed() : callerCancelled();
  }
}

export function deadlinePassed(): DomainError {
  return new DomainError('DEADLINE_EXCEEDED', 'the deadline has passed');
}

export function callerCancelled(): DomainError {
  return new DomainError('CANCELLED', 'the caller cancelled');
}
