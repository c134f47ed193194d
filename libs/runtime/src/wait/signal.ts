export type WakeReason = 'notified' | 'timed-out' | 'aborted';

/** A wake-up that coalesces: any number of `notify` before a `wait` count as one. */
export interface Signal {
  notify: () => void;
  /** For one waiter at a time. Without `timeoutMs` it waits until a notify or an abort. */
  wait: (signal?: AbortSignal, timeoutMs?: number) => Promise<WakeReason>;
}

export function createSignal(): Signal {
  let pending: 'none' | 'notified' = 'none';
  let wake: ((reason: WakeReason) => void) | undefined;
  return {
    notify() {
      if (wake === undefined) pending = 'notified';
      else wake('notified');
    },
    wait(signal, timeoutMs) {
      if (signal?.aborted === true) return Promise.resolve('aborted');
      if (pending === 'notified') {
        pending = 'none';
        return Promise.resolve('notified');
      }
      return new Promise((resolve) => {
        const onAbort = () => wake?.('aborted');
        const timer = timeoutMs === undefined ? undefined : setTimeout(onTimeout, timeoutMs);
        function onTimeout() {
          wake?.('timed-out');
        }
        wake = (reason) => {
          wake = undefined;
          clearTimeout(timer);
          signal?.removeEventListener('abort', onAbort);
          resolve(reason);
        };
        signal?.addEventListener('abort', onAbort, { once: true });
      });
    },
  };
}
