import type { Histogram, Labels, Logger, Metrics } from '@greencloud/runtime';
import { type StatusObject, status } from '@grpc/grpc-js';
import { statusOf } from '../status/error-boundary.ts';

/** Measures the calls of one method, and turns their errors into a status. */
export interface CallRecorder {
  succeeded(startedAt: number): void;
  failed(error: unknown, startedAt: number): StatusObject;
}

export type RecorderOf = (path: string) => CallRecorder;

export interface RecorderOptions {
  logger: Logger;
  metrics: Metrics | undefined;
  mapError: ((error: unknown) => unknown) | undefined;
}

export function createRecorders({ logger, metrics, mapError }: RecorderOptions): RecorderOf {
  const seconds = metrics?.histogram('grpc_server_seconds', 'Time that a call took on the server');
  return (path) =>
    recorderOf(path, seconds, (error) => statusOf(mapError?.(error) ?? error, path, logger));
}

function recorderOf(
  path: string,
  seconds: Histogram | undefined,
  toStatus: (error: unknown) => StatusObject,
): CallRecorder {
  // One object for each status, made once: this is the hot path.
  const labels = new Map<status, Labels>();
  const record = (code: status, startedAt: number) => {
    if (seconds === undefined) return;
    let known = labels.get(code);
    if (known === undefined) labels.set(code, (known = { method: path, code: status[code] }));
    seconds.record((performance.now() - startedAt) / 1000, known);
  };
  return {
    succeeded: (startedAt) => record(status.OK, startedAt),
    failed(error, startedAt) {
      const answer = toStatus(error);
      record(answer.code, startedAt);
      return answer;
    },
  };
}
