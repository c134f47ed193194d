import type { TaskId } from '@greencloud/domain';
import type { BusStatus, LiveHandlers, Unsubscribe } from '../messages.ts';

/** Consuming side: whoever follows the log. */
export interface LiveEvents {
  /** Resolves after the abort. Says `subscribed` each time messages begin to come. */
  follow(
    partition: number,
    handlers: LiveHandlers & { readonly signal: AbortSignal },
  ): Promise<void>;
  /** Resolves when the server has the subscription. */
  watchTask(
    partition: number,
    taskId: TaskId,
    onMessage: (bytes: Uint8Array) => void,
  ): Promise<Unsubscribe>;
  status(): BusStatus;
  /** Ends all subscriptions. */
  close(): Promise<void>;
}
