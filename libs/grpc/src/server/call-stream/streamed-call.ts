import type { DomainError } from '@greencloud/domain';
import type { Metadata } from '@grpc/grpc-js';
import { type CallContext, deadlinePassed } from '../../service/call-context.ts';

export interface Caller {
  /** Of the stream: its calls have none of their own. */
  readonly metadata: Metadata;
  getPeer(): string;
}

/** The context of one call of a stream. As with other calls, hardly a handler looks at its signal. */
export class StreamedCall implements CallContext {
  readonly deadline: number;
  readonly #caller: Caller;
  #controller: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #reason: DomainError | undefined;

  constructor(caller: Caller, deadline: number) {
    this.#caller = caller;
    this.deadline = deadline;
  }

  get metadata(): Metadata {
    return this.#caller.metadata;
  }

  get peer(): string {
    return this.#caller.getPeer();
  }

  get signal(): AbortSignal {
    this.#controller ??= this.#listen();
    return this.#controller.signal;
  }

  get isAborted(): boolean {
    return this.#reason !== undefined;
  }

  abort(reason: DomainError): void {
    this.#reason ??= reason;
    this.#controller?.abort(this.#reason);
  }

  /** The deadline is nobody's business any more. */
  end(): void {
    clearTimeout(this.#timer);
  }

  #listen(): AbortController {
    const controller = new AbortController();
    if (this.#reason !== undefined) controller.abort(this.#reason);
    const late = () => controller.abort(deadlinePassed());
    this.#timer = setTimeout(late, this.deadline - Date.now());
    return controller;
  }
}
