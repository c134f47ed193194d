import type { Logger } from '../log/logger.ts';

type Stop = () => void | Promise<void>;

export interface StopOrder {
  add: (name: string, stop: Stop) => void;
  /** Stops everything in reverse order of adding; a failure is logged and the rest still stops. */
  stopAll: () => Promise<'clean' | 'failed'>;
}

export function createStopOrder(logger: Logger): StopOrder {
  const stops: { name: string; stop: Stop }[] = [];
  return {
    add: (name, stop) => void stops.push({ name, stop }),
    async stopAll() {
      let outcome: 'clean' | 'failed' = 'clean';
      for (let next = stops.pop(); next !== undefined; next = stops.pop()) {
        if ((await stopOne(next.name, next.stop, logger)) === 'failed') outcome = 'failed';
      }
      return outcome;
    },
  };
}

async function stopOne(name: string, stop: Stop, logger: Logger): Promise<'clean' | 'failed'> {
  const startedAt = performance.now();
  try {
    await stop();
    logger.debug({ part: name, ms: Math.round(performance.now() - startedAt) }, 'stopped');
    return 'clean';
  } catch (error) {
    logger.error({ part: name, err: error }, 'a part failed to stop');
    return 'failed';
  }
}
