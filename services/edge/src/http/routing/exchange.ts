import type { IncomingMessage, ServerResponse } from 'node:http';
import { DomainError } from '@greencloud/domain';
import type { Context } from 'koa';

/** What a route may know of its request beside the validated input. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  header(name: string): string | undefined;
  /** Aborted with `CANCELLED` when the client goes away: passed to calls so that they end too. */
  readonly gone: AbortSignal;
  /** Sent with the answer, be it a success or a problem. */
  setHeader(name: string, value: string): void;
}

// A class with a lazy part: the two hot routes never look at `gone`, and an AbortController with
// its listener costs several µs.
export class KoaExchange implements Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly #ctx: Context;
  #gone: AbortController | undefined;

  constructor(ctx: Context) {
    this.#ctx = ctx;
    this.request = ctx.req;
    this.response = ctx.res;
  }

  get method(): string {
    return this.#ctx.method;
  }

  get path(): string {
    return this.#ctx.path;
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  get gone(): AbortSignal {
    this.#gone ??= this.#listen();
    return this.#gone.signal;
  }

  setHeader(name: string, value: string): void {
    this.response.setHeader(name, value);
  }

  #listen(): AbortController {
    const gone = new AbortController();
    const abort = () => gone.abort(new DomainError('CANCELLED', 'the client went away'));
    if (this.response.destroyed) abort();
    else {
      this.response.once('close', () => {
        if (!this.response.writableFinished) abort();
      });
    }
    return gone;
  }
}
