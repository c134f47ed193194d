import type { BusStatus, LiveHandlers } from '../messages.ts';

export type EndingHandlers = LiveHandlers & { readonly signal: AbortSignal };

/** Consuming side: whoever follows the log. Both resolve after the abort, and say `subscribed` each time messages begin to come. */
export interface LiveEvents {
  /** Through a consumer of the stream: holes are noticed, and a slow follower is waited for. */
  follow(partition: number, handlers: EndingHandlers): Promise<void>;
  /** By a core subscription: nothing is kept for it on the server, and nobody notices a hole. */
  watch(partition: number, handlers: EndingHandlers): Promise<void>;
  status(): BusStatus;
  /** Ends all subscriptions. */
  close(): Promise<void>;
}
