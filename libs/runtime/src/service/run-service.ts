import process from 'node:process';
import type { Logger } from '../log/logger.ts';
import { announce, type ReadyInfo } from './announce.ts';
import { type EndCause, onEnd } from './end-of-service.ts';
import { createStopOrder, type StopOrder } from './stop-order.ts';

// Under the 10 s that the local stack and a Kubernetes pod are given to end.
const STOP_LIMIT_MS = 8_000;

export interface Lifecycle {
  /** Aborted when the service begins to stop. */
  readonly signal: AbortSignal;
  /** Parts stop in reverse order of registration, one after the other. */
  onStop: (name: string, stop: () => void | Promise<void>) => void;
  /** Logs the addresses and tells the parent process, if there is one. */
  ready: (info: ReadyInfo) => void;
  /** For a loop that cannot go on: logs, stops everything, exits with 1. */
  fail: (error: unknown) => void;
}

export interface ServiceOptions {
  name: string;
  logger: Logger;
  start: (lifecycle: Lifecycle) => Promise<void>;
  /** For all parts together. Default 8,000. */
  stopLimitMs?: number;
}

/**
 * Runs until SIGINT, SIGTERM, the end of the parent (when spawned with an IPC channel), or an
 * uncaught error; then stops all parts within one limit and exits: 0, or 1 after an error.
 */
export function runService({ name, logger, start, stopLimitMs }: ServiceOptions): void {
  const stopOrder = createStopOrder(logger);
  const stopping = new AbortController();
  const end = onEnd({
    logger,
    limitMs: stopLimitMs ?? STOP_LIMIT_MS,
    stopAll: (cause) => stopAll(cause, stopping, stopOrder, logger),
  });
  logger.info({ pid: process.pid }, `${name} starts`);
  start({
    signal: stopping.signal,
    onStop: stopOrder.add,
    ready: (info) => announce(info, logger),
    fail: (error) => end({ cause: 'failed', error }),
  }).catch((error: unknown) => {
    if (!stopping.signal.aborted) end({ cause: 'start failed', error });
  });
}

async function stopAll(
  { cause, error }: EndCause,
  stopping: AbortController,
  stopOrder: StopOrder,
  logger: Logger,
): Promise<'clean' | 'failed'> {
  if (error === undefined) logger.info({ cause }, 'stopping');
  else logger.fatal({ cause, err: error }, 'stopping after an error');
  stopping.abort(new Error('the service stops'));
  const outcome = await stopOrder.stopAll();
  logger.info({ outcome }, 'stopped');
  return error === undefined ? outcome : 'failed';
}
