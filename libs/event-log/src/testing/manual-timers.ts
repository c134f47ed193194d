import type { FollowTimers } from '../follow/follow-options.ts';

/** Time that passes only by `tick`: each one ends every pause that is waited for now. */
export interface ManualTimers extends FollowTimers {
  tick(): void;
}

export function createManualTimers(): ManualTimers {
  const pauses = new Set<() => void>();
  return {
    tick() {
      for (const end of pauses) end();
    },
    sleep: (_ms, signal) =>
      new Promise<void>((resolve) => {
        const end = () => {
          pauses.delete(end);
          resolve();
        };
        pauses.add(end);
        signal.addEventListener('abort', end, { once: true });
        if (signal.aborted) end();
      }),
    createSignal() {
      let pending: 'none' | 'notified' = 'none';
      let notify: (() => void) | undefined;
      return {
        notify() {
          if (notify === undefined) pending = 'notified';
          else notify();
        },
        wait(signal, timeoutMs) {
          if (signal?.aborted === true) return Promise.resolve('aborted');
          if (pending === 'notified') {
            pending = 'none';
            return Promise.resolve('notified');
          }
          return new Promise((resolve) => {
            const endAs = (reason: 'notified' | 'timed-out' | 'aborted') => {
              notify = undefined;
              pauses.delete(timeOut);
              resolve(reason);
            };
            const timeOut = () => endAs('timed-out');
            notify = () => endAs('notified');
            if (timeoutMs !== undefined) pauses.add(timeOut);
            signal?.addEventListener('abort', () => endAs('aborted'), { once: true });
          });
        },
      };
    },
  };
}
